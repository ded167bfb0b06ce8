import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isBalanced, isMostlyRefused, type CleanResult } from '../clean/books.ts';
import { AssessThread } from '../clean/assess-thread.ts';
import { startLearner } from '../clean/learn-thread.ts';
import { cleanFile } from '../clean/clean-file.ts';
import { chooseReading } from '../clean/reading.ts';
import { catalogFileOf, catalogOption } from '../catalog-file/chosen-catalog.ts';
import { formatOption, sourceOption } from '../chosen-source.ts';
import { makeCommand, UsageError, type Arguments, type Io } from '../command.ts';
import { openEvents } from '../input/event-file.ts';
import { atOption, checkAt, fileNotes, findInput } from '../input/input-file.ts';
import { checkStream, streamOption } from '../connection.ts';
import type { OptionDeclarations, OptionValues } from '../options.ts';
import { ProgressBar } from '../screen/progress-bar.ts';
import { openOutput } from '../output-file.ts';
import type { Sinks } from '../clean/outputs.ts';
import { drawSummary } from '../clean/summary.ts';
import { summaries } from '../summaries.ts';
import { terminalOf } from '../screen/table.ts';

const options = {
  out: { kind: 'text', value: 'FILE', help: 'write the clean events, one a line; - for standard output' },
  'dead-letters': { kind: 'text', value: 'FILE', help: 'write the dead letters, one a line; - for standard output' },
  stream: { ...streamOption, help: 'name of the stream, for events that name none' },
  at: atOption,
  format: formatOption,
  source: { ...sourceOption, help: `${sourceOption.help}; without it, the only source, or else events` },
  infer: { kind: 'choice', words: ['on', 'off'], default: 'on', help: 'infer missing events, or only list them' },
  'min-confidence': {
    kind: 'number',
    value: 'C',
    min: 0,
    max: 1,
    help: 'publish inferences from this confidence on; without it, as the catalog says',
  },
  catalog: catalogOption,
  json: { kind: 'flag', help: 'print the summary as JSON, and nothing else' },
} as const satisfies OptionDeclarations;

type Values = OptionValues<typeof options>;

export const clean = makeCommand({
  name: 'clean',
  summary: summaries.clean,
  positionals: ['FILE'],
  options,
  notes: [
    ...fileNotes,
    'Exit code 0: every event is accounted for. 1: the file cannot be read to its end, or another error. 2: wrong arguments,',
    'or a file of another kind. 3: more than half of the events were refused. 130: ended by Ctrl-C.',
  ],
  run: runClean,
});

async function runClean({ values, positionals }: Arguments<typeof options, ['FILE']>, io: Io): Promise<number> {
  const [file] = positionals;
  const { stream, at, json } = values;
  checkStream(stream);
  checkAt(at);
  const options = { ...values, catalog: catalogFileOf(values.catalog, io) };
  const reading = await chooseReading(options, io);
  const input = await findInput(file, io);
  await checkSinks(values, file);
  const bar = new ProgressBar(io.stderr, input.size);
  const events = await openEvents(bar.follow(input.open()), { name: input.name, at });
  const sinks = await openSinks(values, io);
  const job = {
    events,
    file,
    ...reading,
    ...sinks,
    bar,
    signal: io.signal,
    startThread: AssessThread.starter(options),
    startLearner,
  };
  const outputs = [sinks.out, sinks.letters].filter((output) => output !== undefined);
  try {
    const result = await cleanFile(job);
    for (const output of outputs) await output.complete();
    const isUnread = result.received === 0 && result.reading.problem !== undefined;
    const to = writesToStdout(values) && !json ? io.stderr : io.stdout;
    const report = json ? `${JSON.stringify(result)}\n` : drawSummary(result, input.name, terminalOf(to));
    if (json || !isUnread) to.write(report);
    return exitCode(result, input.name, io);
  } finally {
    bar.clear();
    for (const output of outputs) await output.discard();
  }
}

function exitCode(result: CleanResult, name: string, io: Io): number {
  const { problem } = result.reading;
  if (problem !== undefined) {
    io.stderr.write(`eventmend: ${name}: ${problem}\n`);
    return result.received === 0 ? 2 : 1;
  }
  if (isBalanced(result)) return isMostlyRefused(result) ? 3 : 0;
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

/** Opens the outputs after all checks. */
async function openSinks({ out: outName, 'dead-letters': lettersName }: Values, io: Io): Promise<Sinks> {
  const out = outName === undefined ? undefined : await openOutput(outName, io);
  try {
    return { out, letters: lettersName === undefined ? undefined : await openOutput(lettersName, io) };
  } catch (error) {
    await out?.discard();
    throw error;
  }
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

function writesToStdout({ out, 'dead-letters': letters }: Values): boolean {
  return out === '-' || letters === '-';
}
