import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { batch, holds, mostMessages } from './batch.ts';
import { regularExpressionsIn, worstGrowth } from './regular-expressions.ts';
import { serverSurvives } from './server.ts';

/** The connections to the console's server for each thousand messages. */
const connectionsPerThousand = 2;

const { runs, seed } = workerData as { readonly runs: number; readonly seed: number };
const say = (line: string): void => {
  parentPort?.postMessage(line);
};

let done = 0;
await fc.assert(
  fc.asyncProperty(batch, async (one) => {
    await holds(one);
    done += one.messages.length;
    say(`${done} messages`);
  }),
  // A batch has half of the most messages on average.
  { numRuns: Math.ceil(runs / (mostMessages / 2)), seed },
);
await serverSurvives(Math.max(50, Math.floor((runs / 1_000) * connectionsPerThousand)), seed);
say('the console’s server is still up');
// This expression takes quadratic time on blanks. A search that misses it is broken.
if (!worstGrowth({ file: '', line: 0, expression: /\s+$/ }))
  throw new Error('the search for slow expressions does not find a slow one');
const found = regularExpressionsIn(['shared', 'functions']);
const slow = found.flatMap((one) => {
  const growth = worstGrowth(one);
  say(`${one.file}:${one.line}`);
  return growth ? [`${one.file}:${one.line} ${String(one.expression)} on ${JSON.stringify(growth.input)}`] : [];
});
if (slow.length > 0) throw new Error(`slow regular expressions:\n${slow.join('\n')}`);
say(`${found.length} regular expressions take linear time`);
