import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Message } from '../shared/message.ts';
import type { DeadLetterStore } from '../shared/ports.ts';
import { Books, type Summary } from './books.ts';
import { write } from './command.ts';
import { EmbeddedRuntime } from './embedded-runtime.ts';
import { localCatalog } from './local-catalog.ts';
import { InOrder } from './in-order.ts';
import { cleanLine, letterLine, lineAttribute, recordAttribute } from './output-line.ts';
import type { ProgressBar } from './progress-bar.ts';
import { readRecords } from './records.ts';

/** Where the clean events and the dead letters go; undefined: nowhere. */
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
}

/** Events that are read before the pipeline is let catch up. */
const batch = 250;
/** Messages that may be on their way when the next batch is read. */
const mostUnderway = 500;
/** What a batch takes of the pipeline's time, in milliseconds: some of its work waits for time to pass. */
const batchMs = 1_000;

/** Runs a file of events through the pipeline, in memory that grows by some 60 bytes an event. Closes the sinks. */
export async function cleanFile(job: CleanJob): Promise<Summary> {
  const books = new Books();
  const runtime = new EmbeddedRuntime({
    catalog: localCatalog({ recover: job.infer }),
    startMs: Date.now(),
    // The clean events and the letters leave by the sinks: kept in memory as well, they would fill it.
    without: ['store', 'archive'],
  });
  listen(runtime, job, books);
  let received = 0;
  for await (const { data, line } of readRecords(counted(job))) {
    books.receive();
    const place = { [lineAttribute]: String(line), [recordAttribute]: String(++received) };
    await runtime.publish({ data, attributes: { stream: job.stream, ...place } });
    if (received % batch > 0) continue;
    job.bar.draw(received, Date.now());
    runtime.clock.advance(batchMs);
    await runtime.drain(mostUnderway);
  }
  await runtime.drain();
  await runtime.sweepUntilQuiet();
  job.bar.clear();
  await Promise.all([job.out, job.letters].map(close));
  return books.close(await rest(runtime, job.stream));
}

function listen({ pubsub, letters: store }: EmbeddedRuntime, { out, letters }: Sinks, books: Books): void {
  const order = new InOrder();
  const settle = (message: Message, emit: () => Promise<void>): Promise<void> => {
    const record = message.attributes[recordAttribute];
    // What no record is behind, an inference or the letter of a gap, comes after all of them.
    return record === undefined ? emit() : order.settle(Number(record), emit);
  };
  pubsub.listen('cleaned-events', 'out', (event) => {
    books.clean(event.attributes);
    return settle(event, async () => {
      if (out) await write(out, `${cleanLine(event)}\n`);
    });
  });
  pubsub.listen('dead-letter-queue', 'dead-letters', async (letter) => {
    books.deadLetter(letter.attributes);
    const text = letters && letterLine(await whole(letter, store));
    await settle(letter, async () => {
      if (letters) await write(letters, `${text}\n`);
    });
  });
}

/** The letter with its body, where that was too large to travel. */
async function whole(letter: Message, store: DeadLetterStore): Promise<Message> {
  const { 'eventmend-body': body, 'eventmend-root': root } = letter.attributes;
  const kept = body === 'kept' && root !== undefined ? await store.kept(root) : undefined;
  return kept ? { data: kept.data, attributes: { ...kept.attributes, ...letter.attributes } } : letter;
}

async function rest({ log, pubsub, ledger }: EmbeddedRuntime, stream: string) {
  const gaps = await ledger.list(stream, Number.POSITIVE_INFINITY);
  return {
    applied: log.counts.get('applied') ?? 0,
    dropped: log.counts.get('dropped') ?? 0,
    pending: pubsub.pending(),
    gaps: gaps.map(({ from, to, state }) => ({ from, to, state })),
  };
}

async function* counted({ input, bar }: CleanJob): AsyncGenerator<Uint8Array> {
  for await (const chunk of input as AsyncIterable<Buffer>) {
    bar.read(chunk.length);
    yield chunk;
  }
}

async function close(sink: Writable | undefined): Promise<void> {
  if (!sink || sink === process.stdout) return;
  sink.end();
  await finished(sink);
}
