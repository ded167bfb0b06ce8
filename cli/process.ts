import { EventmendError } from '../shared/errors.ts';
import { CommandError, write, type Command, type Io } from './command.ts';
import { lacksCredentials, reasonOf } from './reason.ts';

const helpOptions: readonly string[] = ['--help', '-h'];

/** Runs a command, or prints its help or that of a subcommand. @returns The exit code. */
export async function runOrHelp(command: Command, argv: readonly string[], io: Io): Promise<number> {
  const words = argv.filter((word) => !helpOptions.includes(word));
  if (words.length === argv.length) return command.run(argv, io);
  io.stdout.write(helpOf(command, words));
  return 0;
}

/** Returns the help of a command, or of the subcommand that the words behind it name. */
export function helpOf(command: Command, [word, ...more]: readonly string[]): string {
  const named = command.subcommands.find(({ name }) => name === word);
  return named ? helpOf(named, more) : `${command.usage.join('\n')}\n`;
}

/** Runs a program with the arguments and streams of this process, reports its error, and ends the process with its exit code. */
export async function runProcess(program: (argv: readonly string[], io: Io) => Promise<number>): Promise<never> {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      ending.abort();
    });
  }
  // A reader of a pipe, such as `head`, may close it before the program has ended.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

  const { stdin, stdout, stderr, env } = process;
  const io: Io = { stdin, stdout, stderr, env, signal: ending.signal };
  // Google's clients reject some promises that we cannot reach, above all when there are no credentials.
  process.once('unhandledRejection', (error) => {
    process.exit(report(error, io));
  });
  const code = await program(process.argv.slice(2), io).catch((error: unknown) => report(error, io));
  await Promise.all([write(stdout, ''), write(stderr, '')]);
  // Google's clients continue abandoned calls for a minute. The process does not wait for them.
  process.exit(code);
}

/**
 * Prints an error. Errors that users can understand are printed without a stack.
 *
 * @returns The exit code: 2 for wrong usage, 1 for all other errors.
 */
function report(error: unknown, io: Io): number {
  // The exit code that shells use for a program that Ctrl-C ended.
  if (io.signal.aborted) return 130;
  if (error instanceof CommandError) {
    io.stderr.write(`eventmend: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof EventmendError) {
    io.stderr.write(`eventmend: ${reasonOf(error)}\n`);
    return 1;
  }
  if (lacksCredentials(error)) {
    io.stderr.write('eventmend: no credentials for Google Cloud: run gcloud auth application-default login\n');
    return 1;
  }
  const isFromSystem = error instanceof Error && 'syscall' in error;
  io.stderr.write(
    `eventmend: ${isFromSystem ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return 1;
}
