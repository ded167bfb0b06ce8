import { makeCatalog } from '../../shared/catalog-definition.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { ProgressCache } from '../../shared/tracking/progress-cache.ts';
import { StreamLimit } from '../../shared/tracking/stream-limit.ts';
import { aProgress, atOnce, cellsOf, hold, noon } from '../support/builders.ts';
import { anEventAt, Pipeline } from '../support/pipeline.ts';

const tooMany = 'stream: one more than maxStreams allows';

async function sendTo(pipeline: Pipeline, stream: string, id = 1): Promise<void> {
  await pipeline.sendWith({ stream }, anEventAt(id));
}

const streamsOf = ({ clean }: Pipeline): (string | undefined)[] => clean.map(({ attributes }) => attributes.stream);
const detailsOf = ({ letters }: Pipeline): (string | undefined)[] =>
  letters.map(({ attributes }) => `${attributes.stream ?? ''} ${attributes['eventmend-detail'] ?? ''}`);

/** Instances of track over one store. Each has its own limit. */
function instances() {
  const [blocks, ledger] = [new EmbeddedBlockStore(atOnce), new EmbeddedGapLedger(atOnce)];
  const clock = { nowMs: noon, now: () => clock.nowMs, schedule: () => () => undefined };
  let lists = 0;
  const listing = {
    streams: (count: number, cursor?: string) => {
      lists++;
      return blocks.streams(count, cursor);
    },
  };
  const limit = (maxStreams: number): StreamLimit => {
    const catalog = makeCatalog({ streams: { default: { maxStreams } } });
    return new StreamLimit({ blocks: listing, catalog, clock }, new ProgressCache({ ledger, catalog, clock }));
  };
  return { blocks, ledger, clock, limit, lists: () => lists };
}

describe('a source may make as many streams as maxStreams says', () => {
  const catalog = { streams: { default: { maxStreams: 2 }, orders: {} } };

  it('and an event that would make one more is dead-lettered and counted', async () => {
    const pipeline = new Pipeline({ catalog });
    for (const stream of ['a', 'b', 'c', 'a', 'c']) await sendTo(pipeline, stream);
    expect(streamsOf(pipeline)).toEqual(['a', 'b']);
    expect(detailsOf(pipeline)).toEqual([`c ${tooMany}`, 'a same key and content', `c ${tooMany}`]);
    expect(pipeline.codes).toEqual(['ERR_INVALID_EVENT', 'ERR_DUPLICATE', 'ERR_INVALID_EVENT']);
    expect(pipeline.runtime.log.counts.get('stream-refused')).toBe(2);
  });

  it('and streams that the catalog names, and default, are accepted and do not count', async () => {
    const pipeline = new Pipeline({ catalog });
    for (const stream of ['default', 'orders', 'a', 'b']) await sendTo(pipeline, stream);
    expect(streamsOf(pipeline)).toEqual(['default', 'orders', 'a', 'b']);
  });

  it('and an instance that did not see the streams being made knows them, swept or not', async () => {
    const { blocks, ledger, limit } = instances();
    await hold(blocks, 'a', cellsOf([1]));
    await hold(blocks, 'b', cellsOf([1]));
    await ledger.saveProgress('b', aProgress({ stream: 'b' }), undefined);
    const one = limit(2);
    expect([await one.admits('c'), await one.admits('a'), await one.admits('b')]).toEqual([false, true, true]);
    expect(await limit(3).admits('c')).toBe(true);
  });

  it('and lists the streams at most once a minute, whatever comes', async () => {
    const { limit, clock, lists } = instances();
    const one = limit(50);
    const send = (from: number) => Promise.all(Array.from({ length: 40 }, (_, i) => one.admits(`s${from + i}`)));
    expect((await send(0)).every(Boolean)).toBe(true);
    expect((await send(40)).filter(Boolean)).toHaveLength(10);
    expect(lists()).toBe(1);
    clock.nowMs += 60_000;
    await send(80);
    expect(lists()).toBe(2);
  });

  it('each source for itself, also if events come in all streams at once', async () => {
    const pipeline = new Pipeline({
      catalog: {
        sources: { shop: { stream: ['/region'] }, bank: { stream: ['/region'] } },
        streams: { shop: { maxStreams: 3 }, bank: { maxStreams: 1 } },
      },
    });
    const regions = Array.from({ length: 5 }, (_, i) => `r${i}`);
    for (const source of ['shop', 'bank'])
      for (const region of regions) {
        const data = Buffer.from(JSON.stringify({ ...anEventAt(1), region }));
        await pipeline.runtime.publish({ data, attributes: {} }, undefined, source);
      }
    await pipeline.runtime.drain();
    expect(new Set(streamsOf(pipeline))).toHaveProperty('size', 4);
    expect(pipeline.letters).toHaveLength(6);
  });
});
