import type { CatalogDefinition } from '../../shared/catalog-definition.ts';
import { defaultStream } from '../../shared/event.ts';
import { makeLetter } from '../../shared/messages/letter.ts';
import { eventsName } from '../../shared/sources/source.ts';
import type { EventFile } from '../input/event-file.ts';
import { InputError, type InputRecord } from '../input/input-record.ts';
import { EmbeddedRuntime } from '../local/embedded-runtime.ts';
import type { ProgressBar } from '../screen/progress-bar.ts';
import { adviceFor } from './advice.ts';
import { BatchIntake } from './batch-intake.ts';
import { FileBooks, type CleanResult, type FileReading } from './books.ts';
import type { Intake, TakenRecord } from './intake.ts';
import { placed } from './output-line.ts';
import { Outputs, type Sinks } from './outputs.ts';
import { storedOutcome } from './stream-outcome.ts';

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

/** Opens the way from the records of a file to their outcomes. */
export type OpenIntake = (runtime: EmbeddedRuntime, outputs: Outputs, source: string) => Intake;

const openBatchIntake: OpenIntake = (runtime, outputs, source) => new BatchIntake(runtime, outputs, source);

/** The number of events that are decided together. */
const batchSize = 1_000;
/** How far the pipeline's clock advances for each batch, in milliseconds: some of its work waits for a timer. */
const batchStepMs = 1_000;

/**
 * Runs a file of events through the pipeline in memory. The memory that it needs grows with the number of ids. The outputs
 * are written, and neither completed nor discarded.
 */
export async function cleanFile(job: CleanJob, openIntake: OpenIntake = openBatchIntake): Promise<CleanResult> {
  const runtime = new EmbeddedRuntime({
    catalog: job.catalog,
    startMs: Date.now(),
    // The sinks take the clean events and the letters. These functions would also keep them in memory.
    without: ['store', 'archive'],
  });
  const books = new FileBooks((stream) => runtime.catalog.stream(stream).numbering !== 'none');
  const outputs = new Outputs(job, books, runtime.letters);
  listen(runtime, outputs);
  const reader = new FileReader(job.events, job.source === eventsName ? undefined : job.source);
  const intake = openIntake(runtime, outputs, job.source);
  const pulled = new Set<string>();
  let [received, repeated] = [0, 0];
  for await (const record of reader) {
    const taken = takenRecord(record, ++received, job.stream);
    books.receive();
    if (isRepeated(record, pulled)) repeated++;
    else if (record.problem === undefined) {
      if (job.source === eventsName) outputs.streams.add(taken.message.attributes.stream ?? defaultStream);
      await intake.take(taken);
    } else {
      await intake.settle();
      await refuse(taken, record.problem, runtime, outputs);
    }
    if (received % batchSize > 0) continue;
    job.signal.throwIfAborted();
    job.bar.draw(received, Date.now());
    runtime.clock.advance(batchStepMs);
    await intake.settle();
    await outputs.flush();
  }
  await intake.finish();
  await outputs.flush();
  await runtime.sweepUntilQuiet();
  await outputs.flush();
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
    ...(await storedOutcome(runtime, [...outputs.streams])),
  });
  return {
    reading: reader.reading,
    advice: adviceFor(summary, job.file, outputs.samples, readBy),
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
function takenRecord(record: InputRecord, number: number, stream: string | undefined): TakenRecord {
  const { data, line, attributes, orderingKey, messageId = String(number) } = record;
  const message = {
    data,
    attributes: { ...(stream !== undefined && { stream }), ...attributes },
    ...(orderingKey !== undefined && { orderingKey }),
  };
  return { message, messageId, number, line };
}

/** Dead-letters a record that cannot be read as an event. */
async function refuse(
  record: TakenRecord,
  detail: string,
  { clock }: Pick<EmbeddedRuntime, 'clock'>,
  outputs: Outputs,
): Promise<void> {
  const failure = { code: 'ERR_UNDECODABLE', stage: 'validate', detail } as const;
  const origin = { root: `events/record-${record.number}`, failedAtMs: clock.now() };
  await outputs.letter(placed(makeLetter(record.message, failure, origin), record));
}

/** Passes the messages of the functions to the outputs. */
function listen({ pubsub }: EmbeddedRuntime, outputs: Outputs): void {
  pubsub.listen('cleaned-events', 'out', (event) => {
    outputs.clean(event);
    return Promise.resolve();
  });
  pubsub.listen('dead-letter-queue', 'dead-letters', (letter) => outputs.letter(letter));
}
