import { symlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { build } from 'esbuild';
import { openLearner, type Learner } from '../../../cli/clean/learn-thread.ts';
import { answered, learnWindows } from '../../../cli/clean/learn-windows.ts';
import { ModelsAhead } from '../../../cli/clean/models-ahead.ts';
import { makeCatalog } from '../../../shared/catalog-definition.ts';
import { EmbeddedBlockStore } from '../../../shared/embedded/block-store.ts';
import { shapeOf } from '../../../shared/inference/gap-position.ts';
import { sequenceToLearn } from '../../../shared/inference/history-window.ts';
import { Model } from '../../../shared/inference/model.ts';
import { knownEvents } from '../../../shared/inference/neighbours.ts';
import type { Sequence } from '../../../shared/inference/sequence.ts';
import { anEntry, atOnce, hold, idsFrom, noon } from '../../support/builders.ts';
import { cleanText } from '../../support/cleaned-streams.ts';
import { Directory } from '../../support/command-run.ts';
import { eventually } from '../../support/eventually.ts';
import { runAtOnce } from '../../support/run-at-once.ts';

const usual = shapeOf(1, 1, Number.POSITIVE_INFINITY);
const blocks = new EmbeddedBlockStore(atOnce);
const channels: MessageChannel[] = [];

/** Two windows of a stream: an id is missing in the first block of each. */
beforeAll(async () => {
  const held = [...idsFrom(0, 99), ...idsFrom(101, 999), ...idsFrom(64 * 256 + 1, 64 * 256 + 999)];
  const entryOf = (id: number) => anEntry({ type: ['placed', 'paid', 'sent'][id % 3]!, instantMs: noon + id * 50 });
  await hold(blocks, 'orders', Object.fromEntries(held.map((id) => [id, entryOf(id)])));
});
afterEach(() => {
  for (const { port1 } of channels.splice(0)) port1.close();
});

/** A learner in this thread, between its turns. @param isAnswering Whether it learns. */
function aLearner(isAnswering = true): Learner {
  const channel = new MessageChannel();
  channels.push(channel);
  const state = new Int32Array(new SharedArrayBuffer(8));
  if (isAnswering) learnWindows({ port: channel.port2, state });
  return { channel: { port: channel.port1, state }, close: () => Promise.resolve() };
}

async function sequenceOf(from: number, to: number): Promise<Sequence> {
  const known = [];
  for await (const block of blocks.scan('orders', from, to)) known.push(...knownEvents(block));
  return sequenceToLearn(known, 1)!;
}

async function begun(learner: Learner): Promise<ModelsAhead> {
  const models = new ModelsAhead();
  models.begin(learner, { blocks, catalog: makeCatalog({}), streams: ['orders'] });
  await eventually('both windows are learned', () => learner.channel.state[answered] === 2);
  return models;
}

describe('models that are learned ahead', () => {
  test('are those that are learned from the same events when they are needed', async () => {
    const models = await begun(aLearner());
    for (const [name, from, to] of [
      ['orders 0–127', 0, 127],
      ['orders 0–191', 0, 191],
    ] as const) {
      const sequence = await sequenceOf(from, to);
      expect(models.take(name, sequence, usual)).toEqual(runAtOnce(Model.learned(sequence, usual)).learned);
    }
  });

  test('serve for no other events, for no gap of another shape, and once', async () => {
    const models = await begun(aLearner());
    const sequence = await sequenceOf(0, 127);
    expect(models.take('orders 0–127', sequence, shapeOf(1, 2, 1_024))).toBeUndefined();
    expect(models.take('orders 0–127', await sequenceOf(0, 2), usual)).toBeUndefined();
    expect(models.take('orders 0–127', sequence, usual)).toBeUndefined();
  });

  test('are not waited for below a gap that was inferred', async () => {
    const models = await begun(aLearner());
    expect(models.take('orders 0–191', await sequenceOf(0, 191), usual)).toBeDefined();
    expect(models.take('orders 0–127', await sequenceOf(0, 127), usual)).toBeUndefined();
  });

  test('are not waited for when the thread that should learn them does not answer', async () => {
    const models = new ModelsAhead(10);
    models.begin(aLearner(false), { blocks, catalog: makeCatalog({}), streams: ['orders'] });
    expect(models.take('orders 0–127', await sequenceOf(0, 127), usual)).toBeUndefined();
    expect(models.take('orders 0–191', await sequenceOf(0, 191), usual)).toBeUndefined();
  });

  test('are none where an error ends the learning, and the next ones are learned', async () => {
    const damaged = {
      indexes: () => blocks.indexes('orders'),
      document: (_: string, index: number) => {
        const document = blocks.document('orders', index);
        return document && (index === 0 ? { ...document, format: 99 } : document);
      },
    };
    const learner = aLearner();
    const models = new ModelsAhead();
    models.begin(learner, { blocks: damaged, catalog: makeCatalog({}), streams: ['orders'] });
    await eventually('both windows are answered', () => learner.channel.state[answered] === 2);
    expect(models.take('orders 0–127', await sequenceOf(0, 127), usual)).toBeUndefined();
  });
});

describe('a file whose models another thread learns', () => {
  const directory = new Directory();

  /** Events of four types, of which some are lost. */
  const lines = idsFrom(1, 4_000)
    .filter((id) => id % 500 !== 250)
    .map((id) => ({ event_id: id, type: ['Opened', 'Paid', 'Closed', 'Other'][id % 4], valid: true, id }))
    .map(({ id, ...event }) => JSON.stringify({ ...event, timestamp: new Date(noon + id).toISOString() }));
  const file = { text: lines.join('\n'), source: 'events', catalog: {} };

  test('has the same inferences as in one thread', async () => {
    const outfile = directory.file('learn-program.mjs');
    const entryPoints = ['cli/clean/learn-program.ts'];
    await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile });
    await symlink(resolve('node_modules'), directory.file('node_modules'));
    const learner = openLearner(pathToFileURL(outfile));
    const inBoth = await cleanText(file, { learner });
    expect(inBoth).toEqual(await cleanText(file));
    expect(inBoth.result.reconstructed).toBeGreaterThan(0);
    expect(learner.channel.state[answered]).toBe(1);
  });
});
