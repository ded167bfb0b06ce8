import packageFile from '../package.json' with { type: 'json' };
import { UsageError, type Command, type Io } from './command.ts';
import { commands } from './commands.ts';
import { helpOf, runOrHelp } from './process.ts';
import { spellSuggestion } from './suggest.ts';
import { summaries } from './summaries.ts';

const helpWords: readonly string[] = ['help', '--help', '-h'];
const versionWords: readonly string[] = ['version', '--version', '-v'];

/** Runs the command that the arguments name, or prints the help. @returns The exit code. */
export async function runMain([name, ...argv]: readonly string[], io: Io): Promise<number> {
  if (name === undefined || helpWords.includes(name)) {
    io.stdout.write(await helpAbout(argv));
    return 0;
  }
  if (versionWords.includes(name)) {
    io.stdout.write(`${packageFile.version}\n`);
    return 0;
  }
  if (name === 'completion') {
    io.stdout.write(await completionFor(argv[0]));
    return 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  return load ? runOrHelp(await load(), argv, io) : refuseUnknown(name);
}

function refuseUnknown(name: string): never {
  const suggestion = spellSuggestion(name, Object.keys(commands)) || '; eventmend help lists the commands';
  throw new UsageError(`there is no command ${name}${suggestion}`);
}

/** The words besides the commands, with what they do. */
const otherWords = {
  help: 'show this help, or that of a command: eventmend help COMMAND',
  completion: 'print a script by which bash, zsh or fish completes commands and options',
  '--version': 'say the version',
} as const;

/** Returns the help of the command that some words name, such as `replay` or `dead-letters replay`. */
async function helpAbout([name, ...more]: readonly string[]): Promise<string> {
  if (name === undefined || Object.hasOwn(otherWords, name)) return overview();
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load) return helpOf(await load(), more);
  const named = subcommandsOf(await loadAll()).find((one) => one.name === name);
  return named ? helpOf(named, more) : refuseUnknown(name);
}

/** Returns the subcommands of some commands, and then those of the subcommands. */
function subcommandsOf(above: readonly Command[]): readonly Command[] {
  const below = above.flatMap(({ subcommands }) => subcommands);
  return below.length === 0 ? [] : [...below, ...subcommandsOf(below)];
}

function loadAll(): Promise<readonly Command[]> {
  return Promise.all(Object.values(commands).map((load) => load()));
}

/** Loads every command, whose options the script completes. */
async function completionFor(name: string | undefined): Promise<string> {
  const { drawCompletion, shells } = await import('./completion.ts');
  const shell = shells.find((one) => one === name);
  if (!shell) throw new UsageError(`completion takes one of ${shells.join(', ')}`);
  return drawCompletion(shell, await loadAll());
}

function overview(): string {
  const width = Math.max(...Object.keys(summaries).map((name) => name.length));
  const linesOf = (words: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(words).map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`);
  return ['eventmend COMMAND [--help]', '', ...linesOf(summaries), '', ...linesOf(otherWords), ''].join('\n');
}
