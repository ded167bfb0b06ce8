import { constants, createReadStream } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { isBalanced } from './books.ts';
import { cleanFile, type Sinks } from './clean-file.ts';
import { choice, text, UsageError, type Arguments, type Command, type Io } from './command.ts';
import { streamOf } from './connection.ts';
import { ProgressBar } from './progress-bar.ts';
import { drawSummary } from './summary.ts';

export const clean: Command = {
  summary: 'clean a file of events',
  usage: [
    'eventmend clean FILE [options]        FILE: a JSON event a line, or one JSON array; - for standard input',
    '',
    '  --out FILE            write the clean events, one a line; - for standard output',
    '  --dead-letters FILE   write the dead letters, one a line; - for standard output',
    '  --stream NAME         name of the stream (default: default)',
    '  --infer on|off        infer missing events (default: on), or only list them',
    '  --json                print the summary as JSON, and nothing else',
    '',
    'Exit code 0: every event is accounted for. 1: the books do not balance, or an error. 2: wrong arguments.',
  ],
  options: {
    out: { type: 'string' },
    'dead-letters': { type: 'string' },
    stream: { type: 'string' },
    infer: { type: 'string' },
    json: { type: 'boolean' },
  },
  run: runClean,
};

async function runClean(args: Arguments, io: Io): Promise<number> {
  const [file, ...more] = args.positionals;
  if (file === undefined || more.length > 0) throw new UsageError(`clean takes one FILE\n\n${clean.usage.join('\n')}`);
  const stream = streamOf(args);
  const infer = choice(args, 'infer', ['on', 'off']) === 'on';
  const size = file === '-' ? undefined : await sizeOfFile(file);
  const sinks = await openSinks(args, file, io);
  const input = file === '-' ? io.stdin : createReadStream(file);
  const summary = await cleanFile({
    input,
    stream,
    infer,
    ...sinks,
    bar: new ProgressBar(io.stderr, size),
    signal: io.signal,
  });
  const report =
    args.values.json === true ? `${JSON.stringify(summary)}\n` : drawSummary(summary, file, io.stdout.isTTY === true);
  (writesToStdout(args) && args.values.json !== true ? io.stderr : io.stdout).write(report);
  if (isBalanced(summary)) return 0;
  io.stderr.write('eventmend: the books do not balance; please report this as a bug\n');
  return 1;
}

/** In bytes. @throws Where the file cannot be read. */
async function sizeOfFile(file: string): Promise<number> {
  await access(file, constants.R_OK);
  const about = await stat(file);
  if (about.isDirectory()) throw new UsageError(`EISDIR: ${file} is a directory`);
  return about.size;
}

/** Opens what is to be written, after all has been checked: opening a file empties it. */
async function openSinks(args: Arguments, file: string, io: Io): Promise<Sinks> {
  const out = text(args, 'out');
  const letters = text(args, 'dead-letters');
  if (args.values.json === true && writesToStdout(args)) {
    throw new UsageError('--json prints to standard output, and nothing else may');
  }
  if (out !== undefined && (out === letters || (await isSameFile(out, letters)))) {
    throw new UsageError('--out and --dead-letters must not be the same');
  }
  for (const name of [out, letters]) {
    if (await isSameFile(name, file)) throw new UsageError(`${file} is the file that is read`);
  }
  return { out: await openSink(out, io), letters: await openSink(letters, io) };
}

/** Tells whether two names are of one file, by whatever links; `-` is a file of its own for input and for output. */
async function isSameFile(one: string | undefined, other: string | undefined): Promise<boolean> {
  if (one === undefined || other === undefined) return false;
  if (one === '-' || other === '-') return false;
  if (resolve(one) === resolve(other)) return true;
  const [a, b] = await Promise.all([one, other].map((name) => stat(name).catch(() => undefined)));
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
}

async function openSink(name: string | undefined, io: Io): Promise<Writable | undefined> {
  if (name === undefined) return undefined;
  if (name === '-') return io.stdout;
  const sink = (await open(name, 'w')).createWriteStream();
  // Each write hears of its own failure.
  sink.on('error', () => undefined);
  return sink;
}

function writesToStdout(args: Arguments): boolean {
  return text(args, 'out') === '-' || text(args, 'dead-letters') === '-';
}
