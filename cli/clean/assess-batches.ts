import { parentPort, workerData } from 'node:worker_threads';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { topicOfSource } from '../../shared/sources/source-topic.ts';
import type { SentBatch, ThreadAnswer } from './assess-thread.ts';
import { assessPlain } from './plain-claims.ts';
import { chooseReading, type ReadingOptions } from './reading.ts';

/* The program of the thread that assesses batches (assess-thread.ts). */

const reading = await chooseReading(workerData as ReadingOptions, { env: {} });
const [catalog, topic] = [makeCatalog(reading.catalog), topicOfSource(reading.source)];

function answer(to: ThreadAnswer, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(to, transfer);
}

parentPort?.on('message', ({ bytes, ends, firstNumber, attributes }: SentBatch) => {
  const records = Array.from(ends, (end, i) => ({
    message: { data: bytes.subarray(ends[i - 1] ?? 0, end), attributes },
    messageId: String(firstNumber + i),
  }));
  const claims = assessPlain(records, topic, catalog);
  answer(claims, [claims.numbers.buffer as ArrayBuffer]);
});
answer('ready');
