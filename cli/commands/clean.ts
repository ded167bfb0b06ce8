import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { isBalanced } from '../clean/books.ts';
import { cleanFile, type Sinks } from '../clean/clean-file.ts';
import { makeCommand, UsageError, type Arguments, type Io } from '../command.ts';
import { findInput } from '../input-file.ts';
import { checkStream, streamOption } from '../connection.ts';
import type { OptionDeclarations, OptionValues } from '../options.ts';
import { ProgressBar } from '../screen/progress-bar.ts';
import { drawSummary } from '../clean/summary.ts';

const options = {
  out: { kind: 'text', value: 'FILE', help: 'write the clean events, one a line; - for standard output' },
  'dead-letters': { kind: 'text', value: 'FILE', help: 'write the dead letters, one a line; - for standard output' },
  stream: streamOption,
  infer: { kind: 'choice', words: ['on', 'off'], default: 'on', help: 'infer missing events, or only list them' },
  json: { kind: 'flag', help: 'print the summary as JSON, and nothing else' },
} as const satisfies OptionDeclarations;

type Values = OptionValues<typeof options>;

export const clean = makeCommand({
  name: 'clean',
  summary: 'clean a file of events',
  positionals: ['FILE'],
  options,
  notes: [
    'FILE holds a JSON event a line, or one JSON array; - stands for standard input.',
    'Exit code 0: every event is accounted for. 1: the books do not balance, or an error. 2: wrong arguments.',
  ],
  run: runClean,
});

async function runClean({ values, positionals }: Arguments<typeof options, ['FILE']>, io: Io): Promise<number> {
  const [file] = positionals;
  const { stream, infer, json } = values;
  checkStream(stream);
  const { size, open: openInput } = await findInput(file, io);
  const sinks = await openSinks(values, file, io);
  const summary = await cleanFile({
    input: openInput(),
    stream,
    infer: infer === 'on',
    ...sinks,
    bar: new ProgressBar(io.stderr, size),
    signal: io.signal,
  });
  const report = json ? `${JSON.stringify(summary)}\n` : drawSummary(summary, file, io.stdout.isTTY === true);
  (writesToStdout(values) && !json ? io.stderr : io.stdout).write(report);
  if (isBalanced(summary)) return 0;
  io.stderr.write('eventmend: the books do not balance; please report this as a bug\n');
  return 1;
}

/** Opens the outputs after all checks, because opening a file empties it. */
async function openSinks(values: Values, file: string, io: Io): Promise<Sinks> {
  const { out, 'dead-letters': letters } = values;
  if (values.json && writesToStdout(values)) {
    throw new UsageError('--json needs standard output for itself: name files for --out and --dead-letters');
  }
  if (out !== undefined && (out === letters || (await isSameFile(out, letters)))) {
    throw new UsageError('--out and --dead-letters must not be the same file');
  }
  for (const name of [out, letters]) {
    if (await isSameFile(name, file)) throw new UsageError(`${file} is the input file: write to another`);
  }
  return { out: await openSink(out, io), letters: await openSink(letters, io) };
}

/**
 * Whether two names lead to the same file, also through links. `-` is never the same file: it is standard input or
 * standard output.
 */
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
  // Each write reports its own failure.
  sink.on('error', () => undefined);
  return sink;
}

function writesToStdout({ out, 'dead-letters': letters }: Values): boolean {
  return out === '-' || letters === '-';
}
