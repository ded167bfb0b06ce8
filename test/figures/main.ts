import { stdout } from 'node:process';
import { drawTable, thousands } from '../../cli/screen/table.ts';
import { hashCost } from './hash-cost.ts';
import { operationsAnEvent } from './operations.ts';
import { yearOfAnEventAMinute } from './stored-size.ts';

/* Prints what an event costs: `npm run figures`. All but the last rows are counted, and the same in every run. */

const hourMs = 3_600_000;

const operations = await Promise.all(
  [8, 25].map(async (latencyMs) => [
    `operations an event, without numbers, at 1,000 a second, with a store of ${latencyMs} ms`,
    (await operationsAnEvent(latencyMs)).toFixed(3),
  ]),
);
const sizes = [
  { title: 'of 16 hours', bucketMs: 16 * hourMs },
  { title: 'of 1 second', bucketMs: 1_000 },
].map(({ title, bucketMs }) => {
  const { documents, documentBytes, indexBytes } = yearOfAnEventAMinute(bucketMs);
  const bytes = `${megabytes(documentBytes)} and ${megabytes(indexBytes)} of indexes`;
  return [`a year of an event a minute, in buckets ${title}`, `${bytes}, in ${thousands(documents)} documents`];
});
const { eventBytes, read, hash } = hashCost();
const times = [
  [`reading an event of ${eventBytes} bytes`, `${read.toFixed(1)} × JSON.parse`],
  ['digesting its content', `${hash.toFixed(1)} × JSON.parse`],
];
const rows = [...operations, ...sizes, ...times].map((cells) => cells.map((text) => ({ text })));
stdout.write(`${drawTable([{ title: 'figure' }, { title: 'value' }], rows, false)}\n`);

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
