import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { terraformDirectory } from './terraform.ts';

/*
 * The pages on deployment have somebody make things by hand, beside Terraform. "Removing it" removes each of them.
 */

const pages = ['deploy', 'cloud-build', 'pull', 'organisation', 'recovery'];
const makes =
  /^ *gcloud (?:[a-z]+ )*(buckets|service-accounts|roles|workload-identity-pools|worker-pools|triggers|jobs) create (?:(?:github|manual) --name |http )?"?([^\s"]+)/gm;

/** Returns the text of a page, with its loops over names written out. */
function textOf(page: string): string {
  const text = readFileSync(join(terraformDirectory, '..', 'docs', `${page}.md`), 'utf8');
  return text.replaceAll(
    /^for (\w+) in ([\w -]+); do\n([\s\S]*?)^done$/gm,
    (_, name: string, values: string, body: string) =>
      values
        .split(' ')
        .map((value) => body.replaceAll(`$${name}`, value))
        .join(''),
  );
}

const [, removing = ''] = textOf('deploy').split('\n## Removing it\n');
const removes =
  /^ *gcloud (?:storage rm --recursive|[a-z -]*\b(?:accounts|roles|pools|triggers|jobs|buckets) delete) "?([^\s"@]+)/gm;
const removed = new Set([...removing.matchAll(removes)].map(([, name]) => name));
const made = pages.flatMap((page) =>
  [...textOf(page).matchAll(makes)].map(([, kind = '', name = '']) => ({ kind, name })),
);

test('the pages make things of each kind', () => {
  expect(new Set(made.map(({ kind }) => kind)).size).toBe(7);
});

test.each(made)('whoever removes Eventmend removes $name of the $kind too', ({ name }) => {
  expect(removed).toContain(name);
});
