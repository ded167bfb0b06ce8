import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { commands } from '../../cli/commands.ts';
import { summaries } from '../../cli/summaries.ts';
import { runMain } from '../../cli/main-program.ts';
import { runCommand } from '../support/command-run.ts';
import packageFile from '../../package.json' with { type: 'json' };

const main = { run: runMain } as never;

test('the help lists every command, and reads the code of none', async () => {
  const { code, stdout } = await runCommand(main, ['--help']);
  expect(code).toBe(0);
  for (const name of [...Object.keys(commands), 'help', 'completion', '--version'])
    expect(stdout).toContain(`  ${name} `);

  const loaded = filesLoadedBy('cli/main.ts');
  expect(loaded.filter((file) => /^(?:cli\/commands\/|functions\/|shared\/config)|^zod/.test(file))).toEqual([]);
  expect(loaded.length).toBeLessThanOrEqual(21);
});

test('each command has the summary that the help shows', async () => {
  for (const [name, load] of Object.entries(commands))
    expect([name, (await load()).summary]).toEqual([name, summaries[name as keyof typeof summaries]]);
});

test.each(['--version', 'version'])('%s says the version', async (word) => {
  expect((await runCommand(main, [word])).stdout).toBe(`${packageFile.version}\n`);
});

test('a mistyped command, subcommand or option is answered with the one that was meant', async () => {
  await expect(runCommand(main, ['gasp'])).rejects.toThrow('there is no command gasp; did you mean gaps?');
  await expect(runCommand(main, ['gaps', '--steam', 'x'])).rejects.toThrow(
    'there is no option --steam; did you mean --stream?',
  );
});

test.each([
  ['dead-letters lst --state open', 'dead-letters has no command lst; did you mean list?', 'dead-letters'],
  ['dead-letters xyzzy', /^dead-letters has no command xyzzy: its commands are list, show, /, 'dead-letters'],
  ['dead-letters jobs sow', 'jobs has no command sow; did you mean show?', 'dead-letters jobs'],
  ['dead-letters', /^dead-letters takes one of list, show, /, 'dead-letters'],
  ['dead-letters list --sate open', 'there is no option --sate; did you mean --state?', 'dead-letters list'],
  ['gaps orders', 'gaps has no command orders: its commands are ask', 'gaps'],
  ['status orders', 'status takes no arguments', 'status'],
])('%s is answered with one line, and the command that shows the help', async (line, problem, command) => {
  const error = await runCommand(main, line.split(' ')).catch((thrown: unknown) => thrown as Error);
  const [first, ...more] = (error as Error).message.split('\n');
  expect(first).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
  expect(more).toEqual([`see eventmend ${command} --help`]);
});

test.each([
  ['help replay', 'dead-letters replay'],
  ['help dead-letters replay', 'dead-letters replay'],
  ['dead-letters replay --help', 'dead-letters replay'],
  ['dead-letters jobs show 7 -h', 'dead-letters jobs show'],
  ['help gaps ask', 'gaps ask'],
  ['help status', 'status'],
])('%s prints the help of %s only', async (line, command) => {
  const { stdout } = await runCommand(main, line.split(' '));
  expect(stdout.match(/^eventmend .*(?= \[options\]$)/gm)).toEqual([expect.stringMatching(`^eventmend ${command}\\b`)]);
});

test('help about no command says so', async () => {
  await expect(runCommand(main, ['help', 'gasp'])).rejects.toThrow('there is no command gasp; did you mean gaps?');
});

/** The files and packages that a file loads when it is loaded: neither types, nor what it imports later. */
function filesLoadedBy(main: string): readonly string[] {
  const loaded = new Set([main]);
  for (const file of loaded) {
    if (!file.endsWith('.ts')) continue;
    const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm);
    for (const [, path = ''] of imports) loaded.add(path.startsWith('.') ? normalize(join(dirname(file), path)) : path);
  }
  return [...loaded];
}
