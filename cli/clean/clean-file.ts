import type { Catalog } from '../../shared/catalog-definition.ts';
import { defaultStream } from '../../shared/event.ts';
import { makeLetter } from '../../shared/messages/letter.ts';
import { topicOfSource } from '../../shared/sources/source-topic.ts';
import { eventsName } from '../../shared/sources/source.ts';
import type { EventFile } from '../input/event-file.ts';
import { InputError, type InputRecord } from '../input/input-record.ts';
import { EmbeddedRuntime } from '../local/embedded-runtime.ts';
import type { ProgressBar } from '../screen/progress-bar.ts';
import { adviceFor } from './advice.ts';
import { Ahead, type AheadDeps } from './ahead.ts';
import { batchesOf, batchSize, type RecordBatch, type BatchRecord } from './batch.ts';
import { BatchIntake } from './batch-intake.ts';
import { FileBooks, type CleanResult, type FileReading } from './books.ts';
import type { Intake } from './intake.ts';
import type { Learner } from './learn-thread.ts';
import { placed } from './output-line.ts';
import { ModelsAhead } from './models-ahead.ts';
import { Outputs, type Sinks } from './outputs.ts';
import { assessPlain, plainClaimAt, type PackedClaims, type PlainClaim } from './plain-claims.ts';
import type { ChosenReading } from './reading.ts';
import { storedOutcome } from './stream-outcome.ts';

export interface CleanJob extends Sinks, ChosenReading {
  readonly events: EventFile;
  /** The file as the user named it. */
  readonly file: string;
  readonly bar: ProgressBar;
  /** Ends the run when it is aborted. */
  readonly signal: AbortSignal;
  /** By default all is done in one thread. */
  readonly startThread?: AheadDeps['startThread'];
  /** Starts the thread that learns models, if the number of events is worth it. */
  readonly startLearner?: (events: number) => Learner | undefined;
}

/** Where the records of a file go. */
interface RecordsDeps {
  readonly runtime: EmbeddedRuntime;
  readonly outputs: Outputs;
  readonly books: FileBooks;
  readonly intake: Intake;
}

/** Opens the way from the records of a file to their outcomes. */
export type OpenIntake = (runtime: EmbeddedRuntime, outputs: Outputs, source: string) => Intake;

const openBatchIntake: OpenIntake = (runtime, outputs, source) => new BatchIntake(runtime, outputs, source);

/** How far the pipeline's clock advances for each batch, in milliseconds: some of its work waits for a timer. */
const batchStepMs = 250;

/**
 * Runs a file of events through the pipeline in memory. The memory that it needs grows with the number of ids. The outputs
 * are written, and neither completed nor discarded.
 */
export async function cleanFile(job: CleanJob, openIntake: OpenIntake = openBatchIntake): Promise<CleanResult> {
  const models = new ModelsAhead();
  const runtime = new EmbeddedRuntime({
    catalog: job.catalog,
    learnedAhead: models,
    startMs: Date.now(),
    // The sinks take the clean events and the letters. These functions would also keep them in memory.
    without: ['store', 'archive'],
  });
  const books = new FileBooks((stream) => runtime.catalog.stream(stream).numbering !== 'none');
  const outputs = new Outputs(job, books, runtime.letters);
  listen(runtime, outputs);
  const reader = new FileReader(job.events, job.source === eventsName ? undefined : job.source);
  const intake = openIntake(runtime, outputs, job.source);
  const records = new Records(job, { runtime, outputs, books, intake });
  await assessAndDecide(job, reader, runtime.catalog, records);
  await intake.finish();
  await outputs.flush();
  const { blocks } = runtime;
  models.begin(job.startLearner?.(records.received), { blocks, catalog: runtime.catalog, streams: outputs.streams });
  await runtime.sweepUntilQuiet().finally(() => models.close());
  await outputs.flush();
  job.signal.throwIfAborted();
  job.bar.clear();
  const { log, pubsub, catalog } = runtime;
  const readBy = job.source === eventsName ? undefined : catalog.sources.find(job.source);
  // A message of a source may hold several events.
  books.receive(log.counts.get('split') ?? 0);
  const summary = books.close({
    applied: log.counts.get('applied') ?? 0,
    dropped: (log.counts.get('dropped') ?? 0) + records.repeated,
    pending: pubsub.pending(),
    ...(await storedOutcome(runtime, [...outputs.streams])),
  });
  return {
    reading: reader.reading,
    advice: adviceFor(summary, job.file, outputs.samples, readBy),
    ...summary,
  };
}

/** Reads, assesses and decides batches. Some are assessed ahead, while an older one is decided. */
async function assessAndDecide(
  { stream, source, startThread = () => undefined }: CleanJob,
  reader: FileReader,
  catalog: Catalog,
  records: Records,
): Promise<void> {
  const topic = topicOfSource(source);
  const ahead = new Ahead({ assess: (batch) => assessPlain(batch.records, topic, catalog), startThread });
  const decideOldest = async (): Promise<void> => {
    const { batch, claims } = await ahead.next();
    await records.takeAll(batch, claims);
  };
  try {
    for await (const batch of batchesOf(reader, stream)) {
      ahead.add(batch);
      while (ahead.isFull) await decideOldest();
    }
    while (!ahead.isEmpty) await decideOldest();
  } finally {
    await ahead.close();
  }
}

/** Takes the records of a file one after another, and in batches to their outcomes. */
class Records {
  /** The number of messages that were pulled before, and then again: Pub/Sub delivers at least once. */
  repeated = 0;
  received = 0;
  private readonly pulled = new Set<string>();
  private readonly job: CleanJob;
  private readonly to: RecordsDeps;

  constructor(job: CleanJob, to: RecordsDeps) {
    this.job = job;
    this.to = to;
  }

  async takeAll({ records }: RecordBatch, claims: PackedClaims): Promise<void> {
    for (const [i, record] of records.entries()) {
      const later = this.take(record, plainClaimAt(claims, i));
      if (later) await later;
    }
    this.received += records.length;
    if (records.length === batchSize) await this.endBatch();
  }

  private take(record: BatchRecord, plain: PlainClaim | undefined): Promise<void> | undefined {
    const { job, to } = this;
    to.books.receive();
    if (this.isRepeated(record)) {
      this.repeated++;
      return undefined;
    }
    if (record.problem !== undefined) return this.refuse(record, record.problem);
    if (job.source === eventsName) to.outputs.streams.add(record.message.attributes.stream ?? defaultStream);
    return to.intake.take(record, plain);
  }

  private async endBatch(): Promise<void> {
    const { job, received } = this;
    job.signal.throwIfAborted();
    job.bar.draw(received, Date.now());
    this.to.runtime.clock.advance(batchStepMs);
    await this.to.intake.settle();
    await this.to.outputs.flush();
  }

  /** Whether a message was pulled before. Remembers its id. */
  private isRepeated({ pulledAs }: BatchRecord): boolean {
    if (pulledAs === undefined) return false;
    if (this.pulled.has(pulledAs)) return true;
    this.pulled.add(pulledAs);
    return false;
  }

  /** Dead-letters a record that cannot be read as an event, after all records before it. */
  private async refuse(record: BatchRecord, detail: string): Promise<void> {
    const { intake, outputs, runtime } = this.to;
    await intake.settle();
    const failure = { code: 'ERR_UNDECODABLE', stage: 'validate', detail } as const;
    const origin = { root: `events/record-${record.number}`, failedAtMs: runtime.clock.now() };
    await outputs.letter(placed(makeLetter(record.message, failure, origin), record));
  }
}

/** Reads the events of a file up to where it cannot be read any more. */
class FileReader implements AsyncIterable<Iterable<InputRecord>> {
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

  /** Yields the events of one chunk of the file after another. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Iterable<InputRecord>> {
    try {
      for await (const records of this.events.chunks()) {
        yield this.readable(records);
        if (this.problem !== undefined) return;
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.problem = error.message;
    }
  }

  /** Yields the records of a chunk up to where it cannot be read any more. */
  private *readable(records: Iterable<InputRecord>): Generator<InputRecord> {
    try {
      for (const record of records) yield record;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.problem = error.message;
    }
  }
}

/** Passes the messages of the functions to the outputs. */
function listen({ pubsub }: EmbeddedRuntime, outputs: Outputs): void {
  pubsub.listen('cleaned-events', 'out', (event) => {
    outputs.clean(event);
    return Promise.resolve();
  });
  pubsub.listen('dead-letter-queue', 'dead-letters', (letter) => outputs.letter(letter));
}
