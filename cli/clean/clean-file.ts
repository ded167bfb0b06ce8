import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { attributeNames } from '../../shared/messages/attributes.ts';
import type { Message } from '../../shared/messages/message.ts';
import { stepOf } from '../../shared/gaps/expected-ids.ts';
import { outliersOf } from '../../shared/gaps/front.ts';
import { isUnresolved, type Gap } from '../../shared/gaps/gap.ts';
import { sizeOf } from '../../shared/gaps/range.ts';
import { RevisionRunFinder, type RevisionRun } from '../../shared/gaps/revision-runs.ts';
import type { BlockStore, DeadLetterStore } from '../../shared/ports.ts';
import { blockIndex } from '../../shared/tracking/block.ts';
import { countMissing } from '../../shared/views/load.ts';
import { FileBooks, type ListedGap, type Summary } from './books.ts';
import { write } from '../command.ts';
import { EmbeddedRuntime } from '../local/embedded-runtime.ts';
import { localCatalog } from '../local/local-catalog.ts';
import { InOrder } from './in-order.ts';
import { cleanLine, letterLine, lineAttribute, recordAttribute } from './output-line.ts';
import type { ProgressBar } from '../screen/progress-bar.ts';
import { readRecords } from '../records.ts';

/** The outputs for the clean events and the dead letters. Undefined for no output. */
export interface Sinks {
  readonly out: Writable | undefined;
  readonly letters: Writable | undefined;
}

export interface CleanJob extends Sinks {
  readonly input: Readable;
  readonly stream: string;
  /** Whether missing events are inferred, or only listed. */
  readonly infer: boolean;
  readonly bar: ProgressBar;
  /** Ends the run when it is aborted. */
  readonly signal: AbortSignal;
}

/** The number of events that go through the pipeline together. */
const batchSize = 1_000;
/** How far the pipeline's clock advances for each batch, in milliseconds: some of its work waits for a timer. */
const batchStepMs = 1_000;

/**
 * Runs a file of events through the pipeline in memory. The memory that it needs grows with the number of ids. Closes
 * the sinks.
 */
export async function cleanFile(job: CleanJob): Promise<Summary> {
  const books = new FileBooks();
  const runtime = new EmbeddedRuntime({
    catalog: localCatalog({ recover: job.infer }),
    startMs: Date.now(),
    // The sinks take the clean events and the letters. These functions would also keep them in memory.
    without: ['store', 'archive'],
  });
  const order = listen(runtime, job, books);
  let received = 0;
  for await (const { data, line } of readRecords(job.bar.follow(job.input))) {
    books.receive();
    const place = { [lineAttribute]: String(line), [recordAttribute]: String(++received) };
    await runtime.publish({ data, attributes: { stream: job.stream, ...place } });
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
  job.bar.clear();
  await Promise.all([job.out, job.letters].map(close));
  return books.close(await rest(runtime, job.stream));
}

/** Passes the clean events and dead letters to the sinks. @returns The buffer to flush after each batch. */
function listen({ pubsub, letters: store }: EmbeddedRuntime, { out, letters }: Sinks, books: FileBooks): InOrder {
  const order = new InOrder();
  pubsub.listen('cleaned-events', 'out', (event) => {
    books.clean(event.attributes);
    if (out) order.add(event.attributes[recordAttribute], () => write(out, `${cleanLine(event)}\n`));
    return Promise.resolve();
  });
  pubsub.listen('dead-letter-queue', 'dead-letters', async (letter) => {
    books.deadLetter(letter.attributes);
    if (!letters) return;
    const { data, attributes } = await withBody(letter, store);
    order.add(attributes[recordAttribute], () => write(letters, `${letterLine({ data, attributes })}\n`));
  });
  return order;
}

/** Returns a letter with its body. A body that was too large for a message is in the store. */
async function withBody(letter: Message, store: DeadLetterStore): Promise<Message> {
  const { [attributeNames.isKept]: body, [attributeNames.root]: root } = letter.attributes;
  const kept = body === 'kept' && root !== undefined ? await store.kept(root) : undefined;
  return kept ? { data: kept.data, attributes: { ...kept.attributes, ...letter.attributes } } : letter;
}

async function rest({ log, pubsub, ledger, blocks, catalog }: EmbeddedRuntime, stream: string) {
  const revisions = await blocks.revisions(stream);
  const gaps = (await ledger.list(stream, Number.POSITIVE_INFINITY)).gaps.toReversed();
  const missing = await countMissing(blocks, stream, gaps.filter(isOpenOrGivenUp), stepOf(catalog.stream(stream)));
  const progress = await ledger.progress(stream);
  return {
    applied: log.counts.get('applied') ?? 0,
    dropped: log.counts.get('dropped') ?? 0,
    revisions,
    revisionRuns: revisions > 0 ? await findRuns(blocks, stream) : [],
    pending: pubsub.pending(),
    gaps: gaps.map((gap) => listedGap(gap, missing.get(gap.from))),
    outliers: progress ? outliersOf(progress.value) : [],
  };
}

function isOpenOrGivenUp(gap: Gap): boolean {
  return isUnresolved(gap) || gap.state === 'abandoned';
}

/** @param missing The number of ids that are still missing. Undefined if none of them is, or if they were not counted. */
function listedGap({ from, to, state, why, missing: given }: Gap, missing: number | undefined): ListedGap {
  const ids = missing ?? given ?? sizeOf({ from, to });
  return { from, to, state, missing: ids, ...(why !== undefined && { why }) };
}

async function findRuns(blocks: Pick<BlockStore, 'scan'>, stream: string): Promise<readonly RevisionRun[]> {
  const finder = new RevisionRunFinder();
  for await (const block of blocks.scan(stream, 0, blockIndex(Number.MAX_SAFE_INTEGER))) finder.see(block);
  return finder.runs();
}

async function close(sink: Writable | undefined): Promise<void> {
  if (!sink || sink === process.stdout) return;
  sink.end();
  await finished(sink);
}
