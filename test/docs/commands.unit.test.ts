import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { commands } from '../../cli/commands.ts';
import { leftOut, planOf, shownCommands } from './known-commands.ts';
import { commandsIn, documents, spansIn, titlesIn } from './markdown.ts';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string> & { readonly check?: string };
};

describe('the commands of a document', () => {
  const text = [
    'Some `npm start`.',
    '```sh',
    '# first',
    'npm ci && npm run build   # both',
    'gcloud a \\',
    '  --b',
    "cat > x <<'END'",
    'npm no',
    'END',
    'for i in 1 2; do',
    '  npx each "$i"',
    'done',
    'A="$B" npx last # c',
    '```',
    'It prints',
    '```',
    '  one  and two',
    '  ────────────',
    '```',
    '# Next',
    '```',
    'no output of it',
    '```',
  ].join('\n');

  it('are its statements, be they in one line or in several', () => {
    expect(commandsIn('x.md', text).map(({ line, text }) => [line, text])).toEqual([
      [4, 'npm ci'],
      [4, 'npm run build'],
      [5, 'gcloud a --b'],
      [7, "cat > x <<'END'\nnpm no\nEND"],
      [10, 'for i in 1 2; do\n  npx each "$i"\ndone'],
      [13, 'A="$B" npx last'],
    ]);
  });

  it('have the output that is shown behind their block, if it is in the same section', () => {
    const [output] = commandsIn('x.md', text).flatMap(({ output }) => output ?? []);
    expect(titlesIn(output ?? '')).toEqual(['one | and two']);
    expect(commandsIn('x.md', '```sh\nnpm a\n```\n## Next\n```\nb\n```').map(({ output }) => output)).toEqual([
      undefined,
    ]);
  });

  it.each([
    ['npm run what', 'run'],
    ['A="b c" B=c npx x', 'run'],
    ['for i in 1; do\n  node x\ndone', 'run'],
    ['N=$(gcloud x)', 'left-out'],
    ['for i in 1; do\n  gcloud x\ndone', 'left-out'],
    ['npm ci', 'left-out'],
    ['npm ci --omit dev', 'run'],
    ['curl x', 'unknown'],
    ['A=b', 'unknown'],
  ])('are run, left out for a reason, or unknown: %j', (text, kind) => {
    expect(planOf({ text }).kind).toBe(kind);
  });
});

describe('the documents', () => {
  it('show no command that is neither run by a test nor left out for a reason', () => {
    const all = documents().flatMap((file) => commandsIn(file));
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter((shown) => planOf(shown).kind === 'unknown')).toEqual([]);
  });

  it('show every command that is left out, and something else runs it', () => {
    for (const { command, runBy } of leftOut) {
      expect(shownCommands().map(({ text }) => text)).toContain(command);
      expect(existsSync(runBy)).toBe(true);
      if (runBy === '.ci/run') expect(readFileSync(runBy, 'utf8').split('\n')).toContain(command);
      if (runBy === 'package.json') expect(partsOfCheck()).toContain(command);
    }
  });

  it('name only what there is, in the middle of a sentence too', async () => {
    const spans = documents().flatMap((file) => [...spansIn(file), ...commandsIn(file)]);
    const problems = await Promise.all(spans.map(async (span) => ({ ...span, problem: await problemOf(span.text) })));
    expect(spans.filter(({ text }) => /^np[mx] /.test(text)).length).toBeGreaterThan(30);
    expect(problems.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });
});

/** The commands of `npm run check`, also those that run beside each other. */
function partsOfCheck(): readonly string[] {
  const besides = scripts['check:sources']?.split(' ').map((word) => word.replace(/^npm:/, 'npm run '));
  return [...(scripts.check?.split(' && ') ?? []), ...(besides ?? [])];
}

/** Finds the names in a command that do not exist. Words in capitals are placeholders. */
async function problemOf(text: string): Promise<string | undefined> {
  const [program, ...words] = text.replace(/^(?:\w+=\S+ )+/, '').split(/ +/);
  if (program === 'npx') return words[0] === 'eventmend' ? await callProblem(words.slice(1)) : jestProblem(words);
  if (program === 'bash' || program === 'node') {
    const [file = ''] = words;
    return file.startsWith('-') || existsSync(file) ? undefined : `there is no ${file}`;
  }
  if (program !== 'npm') return undefined;
  const [first = '', ...rest] = words;
  if (first === 'ci') return undefined;
  const [script = '', ...args] = first === 'run' ? rest : [first, ...rest];
  if (!Object.hasOwn(scripts, script)) return `there is no script ${script}`;
  return args[0] === '--' && Object.hasOwn(commands, script)
    ? await callProblem([script, ...args.slice(1)])
    : undefined;
}

async function callProblem([name = '', ...args]: readonly string[]): Promise<string | undefined> {
  if (name === 'help' || name === 'COMMAND') return undefined;
  const load = commands[name];
  if (!load) return `there is no command ${name}`;
  const command = await load();
  const { options } = command.subcommands.find((one) => one.name === args[0]) ?? command;
  const named = args.flatMap((arg) => /^\[?--([\w-]+)/.exec(arg)?.[1] ?? []);
  const unknown = named.filter((option) => !Object.hasOwn(options, option));
  return unknown.length > 0 ? `${name} has no option --${unknown.join(', --')}` : undefined;
}

function jestProblem([program, pattern = '']: readonly string[]): string | undefined {
  if (program !== 'jest') return undefined;
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' });
  return files.some((file) => file.includes(pattern)) ? undefined : `no test is called ${pattern}`;
}
