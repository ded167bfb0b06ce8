#!/usr/bin/env node
import { EventmendError } from '../shared/errors.ts';
import { UsageError, write, type Io } from './command.ts';
import { commands } from './commands.ts';
import { lacksCredentials, reasonOf } from './reason.ts';

async function main(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    io.stdout.write(await overview());
    return 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) throw new UsageError(`there is no command ${name}; eventmend help lists them`);
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout.write(`${command.usage.join('\n')}\n`);
    return 0;
  }
  return command.run(rest, io);
}

async function overview(): Promise<string> {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()));
  const width = Math.max(...loaded.map(({ name }) => name.length));
  const lines = loaded.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return ['eventmend COMMAND [--help]', '', ...lines, ''].join('\n');
}

/** Usage errors exit 2, everything else that goes wrong 1. What we know how to explain is explained without a stack. */
function report(error: unknown, io: Io): number {
  // Ended by Ctrl-C, as a shell says it.
  if (io.signal.aborted) return 130;
  if (error instanceof UsageError) {
    io.stderr.write(`eventmend: ${error.message}\n`);
    return 2;
  }
  if (error instanceof EventmendError) {
    io.stderr.write(`eventmend: ${reasonOf(error)}\n`);
    return 1;
  }
  if (lacksCredentials(error)) {
    io.stderr.write('eventmend: no credentials for Google Cloud: gcloud auth application-default login gets some\n');
    return 1;
  }
  const isFromSystem = error instanceof Error && 'syscall' in error;
  io.stderr.write(
    `eventmend: ${isFromSystem ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return 1;
}

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    ending.abort();
  });
}
// The reader of a pipe may leave before we are through, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { stdin, stdout, stderr, env } = process;
const io: Io = { stdin, stdout, stderr, env, signal: ending.signal };
// Google's clients throw some of what goes wrong where nobody can catch it: that there are no credentials, above all.
process.once('unhandledRejection', (error) => {
  process.exit(report(error, io));
});
const code = await main(process.argv.slice(2), io).catch((error: unknown) => report(error, io));
await Promise.all([write(stdout, ''), write(stderr, '')]);
// Not by running out of things to do: Google's clients go on for a minute with calls that were given up, and fail unheard.
process.exit(code);
