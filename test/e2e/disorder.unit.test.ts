import fc from 'fast-check';
import { makeRandom } from '../../shared/embedded/random.ts';
import { storedFront } from '../support/fronts.ts';
import { Pipeline, anEventAt, noWaitSettings, withoutDoubt } from '../support/pipeline.ts';

const seeds = fc.integer({ min: 1, max: 2 ** 31 });

describe('a stream that comes in any order, with repeats', () => {
  it('comes out once each, and exactly what is missing is found, inferred and accounted for', async () => {
    await fc.assert(
      fc.asyncProperty(
        // The distances of the ids. So near to each other they are one front.
        fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1, maxLength: 60 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        seeds,
        async (distances, repeats, seed) => {
          const random = makeRandom(seed);
          const ids = distances.reduce((all, distance) => [...all, (all.at(-1) ?? 200) + distance], [200]);
          const sent = [...ids, ...repeats.map((i) => ids[i % ids.length]!)]
            .map((id) => ({ id, at: random() }))
            .sort((a, b) => a.at - b.at)
            .map(({ id }) => id);
          const catalog = { streams: { default: { ...noWaitSettings, ...withoutDoubt } } };
          const pipeline = new Pipeline({ seed, catalog });
          await pipeline.sendIds(...sent);
          await pipeline.runtime.sweepUntilQuiet();

          const [first, last] = [Math.min(...ids), Math.max(...ids)];
          const every = Array.from({ length: last - first + 1 }, (_, i) => first + i);
          expect(pipeline.cleanIds.toSorted((a, b) => a - b)).toEqual(every);
          expect(pipeline.codes).toEqual(repeats.map(() => 'ERR_DUPLICATE'));
          const inferred = pipeline.clean.filter(({ attributes }) => attributes.origin === 'reconstructed');
          expect(inferred.map(({ attributes }) => Number(attributes.event_id)).sort((a, b) => a - b)).toEqual(
            every.filter((id) => !ids.includes(id)),
          );
          const front = await storedFront(pipeline.runtime.ledger);
          expect(front).toEqual({ first, highWater: last, watermark: last });
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('Pub/Sub that delivers twice and late, and a store and a topic whose answers get lost', () => {
  it('loses no event, and calls none of our own copies a duplicate', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 1, max: 40 }), async (seed, count) => {
        const random = makeRandom(seed);
        const pipeline = new Pipeline({
          seed,
          plan: (_, subscription) => {
            if (subscription.startsWith('test-')) return [0];
            return random() < 0.2 ? [random() * 5_000, random() * 60_000] : [random() * 5_000];
          },
          faults: (method) => {
            if (method !== 'write' && method !== 'publish' && method !== 'read') return 'none';
            const drawn = random();
            return drawn < 0.08 ? 'fails' : drawn < 0.16 ? 'answer-lost' : 'none';
          },
        });
        const ids = Array.from({ length: count }, (_, i) => i + 1);
        await pipeline.sendIds(...ids);
        expect([...new Set(pipeline.cleanIds)].sort((a, b) => a - b)).toEqual(ids);
        expect(new Set(pipeline.cleanKeys).size).toBe(count);
        expect(pipeline.codes).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('an outage', () => {
  it('of the store fills no dead-letter queue: everything is clean when it is over', async () => {
    let isDown = true;
    const pipeline = new Pipeline({
      faults: (method) => (isDown && ['read', 'write', 'last'].includes(method) ? 'fails' : 'none'),
    });
    pipeline.runtime.clock.schedule(10 * 3_600_000, () => {
      isDown = false;
    });
    await pipeline.sendIds(1, 2, 3);
    expect(pipeline.cleanIds.sort()).toEqual([1, 2, 3]);
    expect(pipeline.letters).toEqual([]);
  });

  it('that never ends leaves each message in the dead-letter queue, whole, to be replayed', async () => {
    let isDown = true;
    const pipeline = new Pipeline({ faults: (method) => (isDown && method === 'write' ? 'fails' : 'none') });
    await pipeline.sendIds(1, 2);
    const letters = await pipeline.runtime.letters.list(10);
    expect(letters.map(({ failure }) => failure.code)).toEqual(['ERR_DELIVERY', 'ERR_DELIVERY']);
    isDown = false;
    await pipeline.replayAll();
    expect(pipeline.cleanIds.sort()).toEqual([1, 2]);
  });
});

describe('an inference and its original', () => {
  it('the original that comes late supersedes it', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1, 3);
    await pipeline.runtime.sweepUntilQuiet();
    await pipeline.sendIds(2);
    expect(pipeline.clean.slice(2).map(({ attributes }) => [attributes.origin, attributes.supersedes])).toEqual([
      ['reconstructed', undefined],
      ['producer', 'default/2/inferred'],
    ]);
    expect(pipeline.runtime.events.find('default/2/inferred')).toMatchObject({ supersededBy: pipeline.cleanKeys[3] });
  });

  it('the original that is incorrect leaves it standing, and its letter says so', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1, 3);
    await pipeline.runtime.sweepUntilQuiet();
    await pipeline.send(anEventAt(2, { valid: false }));
    expect(pipeline.cleanIds).toEqual([1, 3, 2]);
    expect(pipeline.letters[0]?.attributes['eventmend-detail']).toContain('the inferred event stands');
  });
});
