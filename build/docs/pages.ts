import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../../cli/commands.ts';
import { EmbeddedRuntime } from '../../cli/local/embedded-runtime.ts';
import { apiRoutes } from '../../functions/console/api/answer-api.ts';
import { simulate } from '../../test/simulation/simulate.ts';
import { soak } from '../../test/soak/soak-command.ts';
import { readTerraformModule } from './terraform-reference.ts';

/*
 * Generates the parts of the pages that follow from the code. A page marks each of these parts:
 *
 *     <!-- generated: usage clean -->
 *     <!-- /generated -->
 *
 * `npm run docs` replaces the text between the marks and keeps the rest of the page.
 */

interface Page {
  readonly path: string;
  readonly text: string;
}

type Parts = ReadonlyMap<string, string>;

const root = 'docs';
const part = /<!-- generated: (.+) -->\n[\s\S]*?<!-- \/generated -->/g;

/**
 * Returns every page of docs/ with its generated parts up to date, and a new page for each command that no page
 * explains.
 */
export async function generatePages(): Promise<readonly Page[]> {
  const pages = readPages();
  const explained = new Set(pages.flatMap(({ text }) => namesOfParts(text)));
  const missing = Object.keys(commands).filter((name) => !explained.has(usagePart(name)));
  const fresh = missing.map((name) => ({
    path: join(root, 'cli', `${name}.md`),
    text: `# eventmend ${name}\n\n${mark(usagePart(name), '')}\n`,
  }));
  const parts = await generateParts(new Set([...pages, ...fresh].map(({ path }) => path)));
  return [...pages, ...fresh].map(({ path, text }) => ({ path, text: fillParts(path, text, parts) }));
}

/** Reads the pages of docs/ as they are now. */
export function readPages(): readonly Page[] {
  if (!existsSync(root)) return [];
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  return names.sort().map((name) => ({ path: join(root, name), text: readFileSync(join(root, name), 'utf8') }));
}

/** Fills in the generated parts of a page. @throws Error for a part that the code does not generate. */
export function fillParts(path: string, text: string, parts: Parts): string {
  return text.replaceAll(part, (_, name: string) => {
    const content = parts.get(name);
    if (content === undefined) throw new Error(`${path}: nothing generates "${name}"`);
    return mark(name, content);
  });
}

function namesOfParts(text: string): readonly string[] {
  return [...text.matchAll(part)].map(([, name = '']) => name);
}

function mark(name: string, content: string): string {
  return `<!-- generated: ${name} -->\n\n${content}\n\n<!-- /generated -->`;
}

function usagePart(command: string): string {
  return `usage ${command}`;
}

/** @param paths The pages that there will be. */
async function generateParts(paths: ReadonlySet<string>): Promise<Parts> {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()));
  const usages = [...loaded, simulate, soak].map(({ name, usage }) => [usagePart(name), fence(usage)] as const);
  const rows = loaded
    .filter(({ name }) => paths.has(join(root, 'cli', `${name}.md`)))
    .map(({ name, positionals, summary }) => [
      `[${['eventmend', name, ...positionals].join(' ')}](${name}.md)`,
      summary,
    ]);
  const { variables, outputs } = await readTerraformModule();
  return new Map([
    ...usages,
    ['api', drawMarkdownTable(['address', 'for', 'does'], apiRows())],
    ['commands', drawMarkdownTable(['command', 'does'], rows)],
    [
      'terraform variables',
      drawMarkdownTable(
        ['variable', 'default', 'meaning'],
        variables.map(({ name, default: value, description }) => [
          code(name),
          value ? code(value) : 'none',
          description,
        ]),
      ),
    ],
    [
      'terraform types',
      fence(
        variables.map(({ name, type }) => `${name} = ${type}`),
        'hcl',
      ),
    ],
    [
      'terraform outputs',
      drawMarkdownTable(
        ['output', 'holds'],
        outputs.map(({ name, description }) => [code(name), description]),
      ),
    ],
  ]);
}

/** A row for each address of the console's API. */
function apiRows(): readonly (readonly string[])[] {
  const deps = new EmbeddedRuntime({ catalog: {}, startMs: 0 }).consoleDeps();
  return apiRoutes(deps).map(({ method, path, role, summary }) => [`\`${method} ${path}\``, `${role}s`, summary]);
}

function code(text: string): string {
  return `\`${text}\``;
}

function fence(lines: readonly string[], language = 'text'): string {
  return [`\`\`\`${language}`, ...lines, '```'].join('\n');
}

/** Draws a table as Prettier formats it. */
function drawMarkdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
