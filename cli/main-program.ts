import packageFile from '../package.json' with { type: 'json' };
import { UsageError, type Io } from './command.ts';
import { commands } from './commands.ts';
import { runOrHelp } from './process.ts';
import { spellSuggestion } from './suggest.ts';
import { summaries } from './summaries.ts';

const helpWords: readonly (string | undefined)[] = [undefined, 'help', '--help', '-h'];
const versionWords: readonly (string | undefined)[] = ['version', '--version', '-v'];

/** Runs the command that the arguments name, or prints the help. @returns The exit code. */
export async function runMain([name, ...argv]: readonly string[], io: Io): Promise<number> {
  if (name === undefined || helpWords.includes(name)) {
    io.stdout.write(overview());
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
  if (load) return runOrHelp(await load(), argv, io);
  const suggestion = spellSuggestion(name, Object.keys(commands)) || '; eventmend help lists the commands';
  throw new UsageError(`there is no command ${name}${suggestion}`);
}

/** Loads every command, whose options the script completes. */
async function completionFor(name: string | undefined): Promise<string> {
  const { drawCompletion, shells } = await import('./completion.ts');
  const shell = shells.find((one) => one === name);
  if (!shell) throw new UsageError(`completion takes one of ${shells.join(', ')}`);
  return drawCompletion(shell, await Promise.all(Object.values(commands).map((load) => load())));
}

function overview(): string {
  const width = Math.max(...Object.keys(summaries).map((name) => name.length));
  const lines = Object.entries(summaries).map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`);
  return ['eventmend COMMAND [--help]', '', ...lines, ''].join('\n');
}
