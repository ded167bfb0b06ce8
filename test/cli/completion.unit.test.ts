import { execFileSync } from 'node:child_process';
import { commands } from '../../cli/commands.ts';
import { drawCompletion } from '../../cli/completion.ts';
import { runMain } from '../../cli/main-program.ts';
import { runCommand } from '../support/command-run.ts';

/** The words that bash offers behind some words. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()));
  const line = ['eventmend', ...words].map((word) => `"${word}"`).join(' ');
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _eventmend; echo "\${COMPREPLY[@]}"`;
  const script = `${drawCompletion('bash', loaded)}\n${ask}`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split(' ');
}

test('bash completes commands, subcommands and options', async () => {
  expect(await offered('ga')).toEqual(['gaps']);
  expect(await offered('dead-letters', 're')).toEqual(['replay', 'reopen']);
  expect(await offered('dead-letters', 'list', '--st')).toEqual(['--state', '--stream', '--stage']);
  expect(await offered('gaps', '--w')).toEqual(['--watch']);
});

test('the scripts are printed for bash, zsh and fish, and for no other shell', async () => {
  const main = { run: runMain } as never;
  for (const shell of ['bash', 'zsh', 'fish'])
    expect((await runCommand(main, ['completion', shell])).stdout).toContain('eventmend');
  await expect(runCommand(main, ['completion', 'tcsh'])).rejects.toThrow('completion takes one of bash, zsh, fish');
});
