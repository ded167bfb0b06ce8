import { open, realpath, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { defaultStream, streamSchema } from '../shared/event.ts';
import { isBalanced } from './books.ts';
import { cleanFile, type Sinks } from './clean-file.ts';
import { choice, text, UsageError, type Arguments, type Command, type Io } from './command.ts';
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
  const stream = text(args, 'stream') ?? defaultStream;
  if (!streamSchema.safeParse(stream).success) {
    throw new UsageError('--stream is at most 128 letters, digits, ".", "_" and "-", the first a letter or digit');
  }
  const infer = choice(args, 'infer', ['on', 'off']) === 'on';
  const size = file === '-' ? undefined : (await stat(file)).size;
  const sinks = await openSinks(args, file, io);
  const input = file === '-' ? io.stdin : (await open(file)).createReadStream();
  const summary = await cleanFile({ input, stream, infer, ...sinks, bar: new ProgressBar(io.stderr, size) });
  const report =
    args.values.json === true ? `${JSON.stringify(summary)}\n` : drawSummary(summary, file, io.stdout.isTTY === true);
  (writesToStdout(args) && args.values.json !== true ? io.stderr : io.stdout).write(report);
  if (isBalanced(summary)) return 0;
  io.stderr.write('eventmend: the books do not balance; please report this as a bug\n');
  return 1;
}

/** Opens what is to be written, after all has been checked: opening a file empties it. */
async function openSinks(args: Arguments, file: string, io: Io): Promise<Sinks> {
  const out = text(args, 'out');
  const letters = text(args, 'dead-letters');
  if (args.values.json === true && writesToStdout(args)) {
    throw new UsageError('--json prints to standard output, and nothing else may');
  }
  if (out !== undefined && out === letters) throw new UsageError('--out and --dead-letters must not be the same');
  for (const name of [out, letters])
    if (await isSameFile(name, file)) throw new UsageError(`${file} is the file that is read`);
  return { out: await openSink(out, io), letters: await openSink(letters, io) };
}

async function isSameFile(name: string | undefined, file: string): Promise<boolean> {
  if (name === undefined || name === '-' || file === '-') return false;
  const [one, other] = await Promise.all([name, file].map((path) => realpath(path).catch(() => undefined)));
  return one !== undefined && one === other;
}

async function openSink(name: string | undefined, io: Io): Promise<Writable | undefined> {
  if (name === undefined) return undefined;
  return name === '-' ? io.stdout : (await open(name, 'w')).createWriteStream();
}

function writesToStdout(args: Arguments): boolean {
  return text(args, 'out') === '-' || text(args, 'dead-letters') === '-';
}
