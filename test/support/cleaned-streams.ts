import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import type { BatchThread } from '../../cli/clean/ahead.ts';
import type { Learner } from '../../cli/clean/learn-thread.ts';
import { cleanFile, type OpenIntake } from '../../cli/clean/clean-file.ts';
import { placed } from '../../cli/clean/output-line.ts';
import { openEvents } from '../../cli/input/event-file.ts';
import { localCatalog } from '../../cli/local/local-catalog.ts';
import { ProgressBar } from '../../cli/screen/progress-bar.ts';
import type { CatalogDefinition } from '../../shared/catalog-definition.ts';
import { randomFileCatalog } from './random-file-catalog.ts';

/** The deployed functions themselves, one record after another: each is through before the next one comes. */
const throughFunctions: OpenIntake = (runtime, _, source) => {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    take: async (record) => {
      await runtime.publish(placed(record.message, record), record.messageId, source);
      await runtime.drain();
    },
    settle: nothing,
    finish: nothing,
  };
};

/** A file of random events, and how it is cleaned. */
interface RandomFile {
  readonly text: string;
  readonly catalog: CatalogDefinition;
  readonly source: string;
}

/** Cleans a file in batches, and by the deployed functions. @returns What each of the two ways makes of it. */
export async function cleanBothWays(file: RandomFile) {
  return { inBatches: await cleanText(file), byFunctions: await cleanText(file, { openIntake: throughFunctions }) };
}

/** The parts of a run that a test may choose. */
interface CleanWith {
  readonly openIntake?: OpenIntake;
  readonly thread?: BatchThread;
  readonly learner?: Learner;
}

/** Cleans a file. @returns The summary, and the lines of both outputs. */
export async function cleanText(
  { text, catalog: definition, source }: RandomFile,
  { openIntake, thread, learner }: CleanWith = {},
) {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
    await Promise.resolve();
  }
  const [out, letters] = [sink(), sink()];
  const result = await cleanFile(
    {
      events: await openEvents(chunks(), { name: 'in' }),
      file: 'in',
      catalog: localCatalog(definition),
      stream: source === 'events' ? 'default' : undefined,
      source,
      out,
      letters,
      bar: new ProgressBar(new PassThrough(), undefined),
      signal: new AbortController().signal,
      startThread: () => thread,
      startLearner: () => learner,
    },
    openIntake,
  );
  const isSplit = source !== 'events';
  return { result, out: comparable(out.lines(), isSplit), letters: comparable(letters.lines(), isSplit) };
}

/**
 * Returns lines without an order that means nothing: streams are swept at the same time, and so are the events of one
 * message decided.
 */
function comparable(lines: readonly string[], areOfSource: boolean) {
  const isOfRecord = (text: string): boolean => !/"origin":"reconstructed"|"line":null/.test(text);
  const [ofRecords, others] = [lines.filter(isOfRecord), lines.filter((text) => !isOfRecord(text))];
  return { ofRecords: areOfSource ? ofRecords.sort() : ofRecords, others: others.sort() };
}

function sink() {
  const parts: string[] = [];
  const nothing = (): Promise<void> => Promise.resolve();
  const write = (text: string): Promise<void> => Promise.resolve(void parts.push(text));
  return { write, complete: nothing, discard: nothing, lines: () => parts.join('').split('\n') };
}

const day = 86_400_000;
const startMs = Date.UTC(2025, 1, 9, 12);

const id = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 3, arbitrary: fc.integer({ min: 250, max: 262 }) },
  { weight: 1, arbitrary: fc.constantFrom(4_000_000, 2 ** 53, -1, 1.5, '7') },
);
const offset = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 3 }).map((n) => n * 7) },
  { weight: 1, arbitrary: fc.constantFrom(-800 * day, 365 * day) },
);
const payload = fc.record(
  {
    case: fc.constantFrom('a', 'b'),
    amount: fc.constantFrom<unknown>(1, 2.5, 'much', null),
  },
  { requiredKeys: [] },
);

/** The text of an event. Some numbers are spelt so that a plain parse would not tell. */
const eventText = fc
  .record(
    {
      event_id: id,
      type: fc.oneof({ weight: 12, arbitrary: fc.constantFrom('Opened', 'Closed', 'Paid', 'Other') }, fc.constant(7)),
      at: offset,
      uuid: fc.constantFrom('u1', 'u2', 'u3', ' ', 'ü'),
      valid: fc.constantFrom<unknown>(true, true, true, true, false, null, 'no'),
      data: payload,
    },
    { requiredKeys: ['event_id', 'type', 'at'] },
  )
  .chain(({ at, event_id, ...rest }) => {
    const timestamp = new Date(startMs + at).toISOString();
    const order = fc.boolean();
    return fc.tuple(order, fc.constantFrom('', ',"n":1.0', ',"n":1e400', ',"n":1,"n":2')).map(([isFirst, more]) => {
      const fields = isFirst ? { event_id, timestamp, ...rest } : { ...rest, timestamp, event_id };
      return JSON.stringify(fields).replace(/\}$/, `${more}}`);
    });
  });

const line = fc.oneof(
  { weight: 30, arbitrary: eventText },
  { weight: 1, arbitrary: fc.constantFrom('no json', '[]', '{"event_id":3}', '{}') },
);

/** Some of a few things, in any order, and some of them more than once. */
function mixOf<T>(thing: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc
    .array(thing, { minLength: 1, maxLength: 16 })
    .chain((few) => fc.array(fc.constantFrom(...few), { minLength: 1, maxLength: 20 }));
}

const ofDefault = mixOf(line).map((lines) => lines.join('\n'));

const attributes = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('default', 'counted', 'global', 'unnumbered').map((stream) => ({ stream })) },
  { weight: 1, arbitrary: fc.constantFrom({ 'possible-duplicate': 'true' }, { origin: 'mine', line: 'x' }, {}) },
);
const voidText = fc.tuple(id, fc.integer({ min: 0, max: 3 })).map(([from, more]) => ({
  attributes: { void: 'true' },
  data: JSON.stringify({ void: { from, to: Number(from) + more } }),
}));

/** Messages that were pulled, with the streams and marks that producers set. Some were pulled twice. */
const pulled = fc
  .tuple(
    mixOf(
      fc.oneof(
        { weight: 12, arbitrary: fc.record({ data: eventText, attributes }) },
        { weight: 1, arbitrary: voidText },
      ),
    ),
    fc.array(fc.nat(60), { minLength: 20, maxLength: 20 }),
  )
  .map(([messages, ids]) =>
    messages
      .map(({ data, attributes: given }, i) => {
        const messageId = `m${ids[i] ?? 0}`;
        return { message: { data: Buffer.from(data).toString('base64'), attributes: given, messageId } };
      })
      .map((message) => JSON.stringify(message))
      .join('\n'),
  );

const machineText = fc
  .record({ seq: id, kind: fc.constantFrom('Opened', 'Closed'), at: offset.map((ms) => startMs + ms) })
  .map((event) => JSON.stringify(event));
const ofMachines = mixOf(
  fc.oneof(
    { weight: 3, arbitrary: machineText },
    fc.array(machineText, { maxLength: 4 }).map((all) => `[${all.join(',')}]`),
  ),
).map((lines) => lines.join('\n'));

/** A file of events with copies, conflicts, holes and faults. */
export const randomFile: fc.Arbitrary<RandomFile> = fc
  .oneof(
    { weight: 3, arbitrary: ofDefault.map((text) => ({ text, source: 'events' })) },
    { weight: 3, arbitrary: pulled.map((text) => ({ text, source: 'events' })) },
    { weight: 1, arbitrary: ofMachines.map((text) => ({ text, source: 'machines' })) },
  )
  .map((file) => ({ ...file, catalog: randomFileCatalog }));

/** Returns the text of an event of a stream without numbers. All of them have one time, so one bucket. */
export function anUnnumberedEvent(uuid: string): string {
  return JSON.stringify({ uuid, type: 'Opened', timestamp: new Date(startMs).toISOString(), valid: true });
}
