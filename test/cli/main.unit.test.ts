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
  for (const name of Object.keys(commands)) expect(stdout).toContain(`  ${name} `);

  const loaded = filesLoadedBy('cli/main.ts');
  expect(loaded.filter((file) => /^(?:cli\/commands\/|functions\/|shared\/config)|^zod/.test(file))).toEqual([]);
  expect(loaded.length).toBeLessThanOrEqual(20);
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
  await expect(runCommand(main, ['dead-letters', 'lst'])).rejects.toThrow('did you mean list?');
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
