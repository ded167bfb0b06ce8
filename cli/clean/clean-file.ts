import type { CatalogDefinition } from '../../shared/catalog-definition.ts';
import { defaultStream } from '../../shared/event.ts';
import { attributeNames } from '../../shared/messages/attributes.ts';
import type { Message } from '../../shared/messages/message.ts';
import { makeLetter } from '../../shared/messages/letter.ts';
import type { DeadLetterStore } from '../../shared/ports.ts';
import { eventsName } from '../../shared/sources/source.ts';
import type { EventFile } from '../input/event-file.ts';
import { InputError, type InputRecord } from '../input/input-record.ts';
import type { EventSample } from '../init/recognise-format.ts';
import { EmbeddedRuntime } from '../local/embedded-runtime.ts';
import type { ProgressBar } from '../screen/progress-bar.ts';
import { adviceFor, maxSamples } from './advice.ts';
import { FileBooks, type CleanResult, type FileReading } from './books.ts';
import { InOrder } from './in-order.ts';
import type { OutputSink } from './output-file.ts';
import { cleanLine, letterLine, lineAttribute, recordAttribute } from './output-line.ts';
import { storedOutcome } from './stream-outcome.ts';

/** The outputs for the clean events and the dead letters. Undefined for no output. */
export interface Sinks {
  readonly out: OutputSink | undefined;
  readonly letters: OutputSink | undefined;
}

export interface CleanJob extends Sinks {
  readonly events: EventFile;
  /** The file as the user named it. */
  readonly file: string;
  /** The stream of the events that name none. Undefined if the source says it. */
  readonly stream: string | undefined;
  /** The source of the catalog that the events are read by. */
  readonly source: string;
  readonly catalog: CatalogDefinition;
  readonly bar: ProgressBar;
  /** Ends the run when it is aborted. */
  readonly signal: AbortSignal;
}

/** The number of events that go through the pipeline together. */
const batchSize = 1_000;
/** How far the pipeline's clock advances for each batch, in milliseconds: some of its work waits for a timer. */
const batchStepMs = 1_000;

/**
 * Runs a file of events through the pipeline in memory. The memory that it needs grows with the number of ids. The outputs
 * are written, and neither completed nor discarded.
 */
export async function cleanFile(job: CleanJob): Promise<CleanResult> {
  const runtime = new EmbeddedRuntime({
    catalog: job.catalog,
    startMs: Date.now(),
    // The sinks take the clean events and the letters. These functions would also keep them in memory.
    without: ['store', 'archive'],
  });
  const books = new FileBooks((stream) => runtime.catalog.stream(stream).numbering !== 'none');
  const samples: Samples = { refused: [], clean: [] };
  const streams = new Set<string>();
  const order = listen(runtime, job, books, { samples, streams });
  const reader = new FileReader(job.events, job.source === eventsName ? undefined : job.source);
  const pulled = new Set<string>();
  let [received, repeated] = [0, 0];
  for await (const record of reader) {
    const message = messageOf(record, ++received, job.stream);
    books.receive();
    if (isRepeated(record, pulled)) repeated++;
    else if (record.problem === undefined) {
      if (job.source === eventsName) streams.add(message.attributes.stream ?? defaultStream);
      await runtime.publish(message, record.messageId, job.source);
    } else await refuse(message, record.problem, received, runtime);
    if (received % batchSize > 0) continue;
    job.signal.throwIfAborted();
    job.bar.draw(received, Date.now());
    runtime.clock.advance(batchStepMs);
    await runtime.drain();
    await order.flush();
  }
  await runtime.drain();
  await order.flush();
  await runtime.sweepUntilQuiet();
  await order.flush();
  job.signal.throwIfAborted();
  job.bar.clear();
  const { log, pubsub, catalog } = runtime;
  const readBy = job.source === eventsName ? undefined : catalog.sources.find(job.source);
  // A message of a source may hold several events.
  books.receive(log.counts.get('split') ?? 0);
  const summary = books.close({
    applied: log.counts.get('applied') ?? 0,
    dropped: (log.counts.get('dropped') ?? 0) + repeated,
    pending: pubsub.pending(),
    ...(await storedOutcome(runtime, [...streams])),
  });
  return {
    reading: reader.reading,
    advice: adviceFor(summary, job.file, samples, readBy),
    ...summary,
  };
}

/** Whether a message was pulled before, and then again: Pub/Sub delivers at least once. Remembers its id. */
function isRepeated({ messageId }: InputRecord, pulled: Set<string>): boolean {
  if (messageId === undefined) return false;
  if (pulled.has(messageId)) return true;
  pulled.add(messageId);
  return false;
}

/** Reads the events of a file up to where it cannot be read any more. */
class FileReader implements AsyncIterable<InputRecord> {
  private readonly events: EventFile;
  private readonly source: string | undefined;
  private problem: string | undefined;

  constructor(events: EventFile, source: string | undefined) {
    this.events = events;
    this.source = source;
  }

  get reading(): FileReading {
    const { form, cutLine } = this.events;
    return { form, source: this.source, cutLine, problem: this.problem };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<InputRecord> {
    try {
      yield* this.events;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.problem = error.message;
    }
  }
}

/** @param number The number of the record in its file. */
function messageOf(record: InputRecord, number: number, stream: string | undefined): Message {
  const { data, line, attributes, orderingKey } = record;
  const place = { [lineAttribute]: String(line), [recordAttribute]: String(number) };
  return {
    data,
    attributes: { ...(stream !== undefined && { stream }), ...attributes, ...place },
    ...(orderingKey !== undefined && { orderingKey }),
  };
}

/** Dead-letters a record that cannot be read as an event. */
async function refuse(message: Message, detail: string, number: number, runtime: EmbeddedRuntime): Promise<void> {
  const failure = { code: 'ERR_UNDECODABLE', stage: 'validate', detail } as const;
  const origin = { root: `events/record-${number}`, failedAtMs: runtime.clock.now() };
  await runtime.pubsub.publish('dead-letter-queue', makeLetter(message, failure, origin));
}

/** Some of the events of a file. */
interface Samples {
  readonly refused: EventSample[];
  readonly clean: EventSample[];
}

/** The results that are not lines of the outputs: some events, and the names of all streams. */
interface Seen {
  readonly samples: Samples;
  readonly streams: Set<string>;
}

/**
 * Passes the clean events and dead letters to the sinks, and keeps some of the events.
 *
 * @returns The buffer to flush after each batch.
 */
function listen(
  { pubsub, letters: store }: EmbeddedRuntime,
  { out, letters }: Sinks,
  books: FileBooks,
  { samples, streams }: Seen,
): InOrder {
  const order = new InOrder();
  pubsub.listen('cleaned-events', 'out', (event) => {
    books.clean(event.attributes);
    if (event.attributes.stream !== undefined) streams.add(event.attributes.stream);
    if (samples.clean.length < maxSamples && isFromFile(event)) samples.clean.push(event);
    if (out) order.add(event.attributes[recordAttribute], out, cleanLine(event));
    return Promise.resolve();
  });
  pubsub.listen('dead-letter-queue', 'dead-letters', async (letter) => {
    books.deadLetter(letter.attributes);
    if (letter.attributes.stream !== undefined) streams.add(letter.attributes.stream);
    if (samples.refused.length < maxSamples && isRefusedEvent(letter)) samples.refused.push(letter);
    if (!letters) return;
    const { data, attributes } = await withBody(letter, store);
    order.add(attributes[recordAttribute], letters, letterLine({ data, attributes }));
  });
  return order;
}

/** Whether a letter is about an event of the file, and not about a duplicate. */
function isRefusedEvent(letter: Message): boolean {
  return isFromFile(letter) && letter.attributes[attributeNames.code] !== 'ERR_DUPLICATE';
}

/** Whether a message is about an event of the file, and not about an inferred one or a gap. */
function isFromFile({ attributes }: Message): boolean {
  return attributes[recordAttribute] !== undefined;
}

/** Returns a letter with its body. A body that was too large for a message is in the store. */
async function withBody(letter: Message, store: DeadLetterStore): Promise<Message> {
  const { [attributeNames.isKept]: body, [attributeNames.root]: root } = letter.attributes;
  const kept = body === 'kept' && root !== undefined ? await store.kept(root, 0) : undefined;
  return kept ? { data: kept.data, attributes: { ...kept.attributes, ...letter.attributes } } : letter;
}
