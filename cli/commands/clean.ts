import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { isBalanced } from '../clean/books.ts';
import { cleanFile, type Sinks } from '../clean/clean-file.ts';
import { makeCommand, UsageError, type Arguments, type Io } from '../command.ts';
import { openEvents } from '../input/event-file.ts';
import { atOption, checkAt, fileNotes, findInput } from '../input/input-file.ts';
import { checkStream, streamOption } from '../connection.ts';
import type { OptionDeclarations, OptionValues } from '../options.ts';
import { ProgressBar } from '../screen/progress-bar.ts';
import { drawSummary } from '../clean/summary.ts';

const options = {
  out: { kind: 'text', value: 'FILE', help: 'write the clean events, one a line; - for standard output' },
  'dead-letters': { kind: 'text', value: 'FILE', help: 'write the dead letters, one a line; - for standard output' },
  stream: { ...streamOption, help: 'name of the stream, for events that name none' },
  at: atOption,
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
    ...fileNotes,
    'Exit code 0: every event is accounted for. 1: the file cannot be read to its end, or another error. 2: wrong arguments,',
    'or a file of another kind.',
  ],
  run: runClean,
});

async function runClean({ values, positionals }: Arguments<typeof options, ['FILE']>, io: Io): Promise<number> {
  const [file] = positionals;
  const { stream, at, infer, json } = values;
  checkStream(stream);
  checkAt(at);
  const input = await findInput(file, io);
  await checkSinks(values, file);
  const bar = new ProgressBar(io.stderr, input.size);
  const events = await openEvents(bar.follow(input.open()), { name: input.name, at });
  const sinks = await openSinks(values, io);
  const summary = await cleanFile({
    events,
    stream,
    infer: infer === 'on',
    ...sinks,
    bar,
    signal: io.signal,
  });
  const report = json ? `${JSON.stringify(summary)}\n` : drawSummary(summary, input.name, io.stdout.isTTY === true);
  (writesToStdout(values) && !json ? io.stderr : io.stdout).write(report);
  const { problem } = summary.reading;
  if (problem !== undefined) {
    io.stderr.write(`eventmend: ${input.name}: ${problem}\n`);
    return summary.received === 0 ? 2 : 1;
  }
  if (isBalanced(summary)) return 0;
  io.stderr.write('eventmend: the books do not balance; please report this as a bug\n');
  return 1;
}

async function checkSinks(values: Values, file: string): Promise<void> {
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
}

/** Opens the outputs after all checks, because opening a file empties it. */
async function openSinks({ out, 'dead-letters': letters }: Values, io: Io): Promise<Sinks> {
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
