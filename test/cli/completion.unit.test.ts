import { execFileSync } from 'node:child_process';
import { commands } from '../../cli/commands.ts';
import { drawCompletion } from '../../cli/completion.ts';
import { runMain } from '../../cli/main-program.ts';
import { recordStates } from '../../shared/dead-letter/dead-letter.ts';
import { runCommand } from '../support/command-run.ts';

/** The words that bash offers behind some words. */
const offered = (...words: readonly string[]) => offeredBy('_eventmend', ['eventmend', ...words]);

async function offeredBy(completer: string, typed: readonly string[]): Promise<readonly string[]> {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()));
  const line = typed.map((word) => `"${word}"`).join(' ');
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${typed.length - 1}; ${completer}; echo "\${COMPREPLY[@]}"`;
  const script = `${drawCompletion('bash', loaded)}\n${ask}`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split(' ');
}

test('bash completes commands, subcommands and options', async () => {
  expect(await offered('ga')).toEqual(['gaps']);
  expect(await offered('dead-letters', 're')).toEqual(['replay', 'reopen']);
  expect(await offered('dead-letters', 'list', '--st')).toEqual(['--state', '--stream', '--stage']);
  expect(await offered('gaps', '--w')).toEqual(['--watch']);
});

test('bash offers the values of an option that has fixed ones', async () => {
  expect(await offered('dead-letters', 'list', '--state', '')).toEqual(recordStates);
  expect(await offered('dead-letters', 'list', '--limit', '2', '--sort', 'n')).toEqual(['newest']);
  expect(await offered('dead-letters', 'list', '--state', 'open', '--lim')).toEqual(['--limit']);
});

test('bash completes behind npx, and leaves other packages alone', async () => {
  expect(await offeredBy('_eventmend_npx', ['npx', 'ev'])).toEqual(['eventmend']);
  expect(await offeredBy('_eventmend_npx', ['npx', 'eventmend', 'ga'])).toEqual(['gaps']);
  expect(await offeredBy('_eventmend_npx', ['npx', 'eventmend', 'dead-letters', 'list', '--state', 'o'])).toEqual([
    'open',
  ]);
  expect(await offeredBy('_eventmend_npx', ['npx', 'jest', 'ga'])).toEqual(['']);
});

test('the scripts are printed for bash, zsh and fish, and for no other shell', async () => {
  const main = { run: runMain } as never;
  for (const shell of ['bash', 'zsh', 'fish'])
    expect((await runCommand(main, ['completion', shell])).stdout).toContain('eventmend');
  await expect(runCommand(main, ['completion', 'tcsh'])).rejects.toThrow('completion takes one of bash, zsh, fish');
});
