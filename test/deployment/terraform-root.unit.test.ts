import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { terraformDirectory } from './terraform.ts';

/*
 * terraform/root repeats the names of the module's variables, outputs and resources. Terraform itself refuses a name that the
 * module does not have.
 */

const moduleText = textOf(terraformDirectory);
const rootText = textOf(join(terraformDirectory, 'root'));

function textOf(directory: string): string {
  const names = readdirSync(directory).filter((name) => name.endsWith('.tf'));
  return names.map((name) => readFileSync(join(directory, name), 'utf8')).join('\n');
}

function all(pattern: RegExp, text: string): readonly string[] {
  return [...text.matchAll(pattern)].map(([, ...parts]) => parts.join('.')).sort();
}

test('the root takes every variable of the module, and passes it on', () => {
  const variables = all(/^variable "(\w+)"/gm, moduleText);
  expect(all(/^variable "(\w+)"/gm, rootText)).toEqual(expect.arrayContaining([...variables]));
  for (const name of variables) expect(rootText).toMatch(new RegExp(`^  ${name} += .*\\bvar\\.${name}\\b`, 'm'));
});

test('a variable that the root leaves unset has its default in the module', () => {
  const blocks = moduleText.matchAll(/^variable "(\w+)" \{\n([\s\S]*?)^\}/gm);
  const withoutDefault = [...blocks].flatMap(([, name = '', body = '']) => {
    const byDefault = /^ {2}default +=(.*)$/m.exec(body)?.[1]?.trim();
    return byDefault === undefined || byDefault === 'null' || /^ {2}nullable += false$/m.test(body) ? [] : [name];
  });
  expect(withoutDefault).toEqual([]);
});

test('the root has every output of the module', () => {
  expect(all(/^output "(\w+)"/gm, rootText)).toEqual(all(/^output "(\w+)"/gm, moduleText));
});

/** The resources that were never deployed without a module. */
const newer = JSON.parse(readFileSync(join(terraformDirectory, 'root/newer-resources.json'), 'utf8')) as string[];

test('a deployment from before there was a module is carried over as a whole', () => {
  const carried = all(/^resource "(\w+)" "(\w+)"/gm, moduleText).filter((name) => !newer.includes(name));
  expect(all(/^ {2}to += module\.eventmend\.(\w+)\.(\w+)$/gm, rootText)).toEqual(carried);
  expect(all(/^ {2}from = (\w+)\.(\w+)$/gm, rootText)).toEqual(carried);
});
