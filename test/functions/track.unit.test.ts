import { startProgress } from '../../shared/gaps/progress.ts';
import type { SystemOfRecord } from '../../shared/ports.ts';
import { pieceOf } from '../support/bounds.ts';
import { aCrmSync, textOf } from '../support/builders.ts';
import { noRecords, recordsWith, typeWithNote } from '../support/records.ts';
import { Pipeline, anEventAt, noWaitSettings, startMs } from '../support/pipeline.ts';

const streams = { default: noWaitSettings };

/** A pipeline with a system of record. */
function withRecords(system: SystemOfRecord, options: { consult?: 'always' } = {}): Pipeline {
  return new Pipeline({
    catalog: { streams, types: { CRM_Sync: { ...typeWithNote, ...options } } },
    systems: new Map([['hubspot', system]]),
  });
}

describe('an event that a system of record is asked about', () => {
  it('is published when it is verified, its bytes as they were but for `valid`', async () => {
    const pipeline = withRecords(recordsWith());
    await pipeline.send(
      '{"event_id":6, "type":"CRM_Sync","timestamp":"2025-02-09T12:00:00","valid" : false,"data":1.0}',
    );
    expect(pipeline.cleanTexts).toEqual([
      '{"event_id":6, "type":"CRM_Sync","timestamp":"2025-02-09T12:00:00","valid" : true,"data":1.0}',
    ]);
    expect(pipeline.clean[0]?.attributes).toMatchObject({ origin: 'verified', verification: 'verified' });
  });

  it('is published as corrected, says what was, and keeps the key of the producer’s bytes', async () => {
    const pipeline = withRecords(recordsWith('by the record'));
    await pipeline.send(aCrmSync({ valid: false }));
    expect(JSON.parse(pipeline.cleanTexts[0]!)).toEqual({
      ...aCrmSync({ note: 'by the record' }),
      _eventmend: { corrections: [{ at: '/note', after: 'by the record' }] },
    });
    expect(pipeline.clean[0]?.attributes).toMatchObject({
      origin: 'corrected',
      idempotency_key: `default/6/${Date.UTC(2025, 1, 9, 12)}`,
    });
  });

  it('is still known after its correction: a copy of what the producer sent is a duplicate', async () => {
    const pipeline = withRecords(recordsWith('by the record'));
    await pipeline.send(aCrmSync({ valid: false }));
    await pipeline.send(aCrmSync({ valid: false }));
    expect(pipeline.clean).toHaveLength(1);
    expect(pipeline.codes).toEqual(['ERR_DUPLICATE']);
  });

  it('is a dead letter with the producer’s bytes when it is refused', async () => {
    const pipeline = withRecords(noRecords);
    const text = JSON.stringify(aCrmSync({ valid: false, data: { amount: 1 } }));
    await pipeline.send(text);
    expect(pipeline.letters.map(textOf)).toEqual([text]);
    expect(pipeline.letters[0]?.attributes).toMatchObject({
      'eventmend-code': 'ERR_INCORRECT',
      'eventmend-detail': 'the system has no such record',
    });
  });

  it('names its system of record, so that it waits with the events of that system only', async () => {
    const pipeline = withRecords(recordsWith());
    const suspects: (string | undefined)[] = [];
    pipeline.runtime.pubsub.listen('suspect-events', 'test-suspects', ({ attributes }) => {
      suspects.push(attributes['eventmend-system']);
      return Promise.resolve();
    });
    await pipeline.send(aCrmSync({ valid: false }), anEventAt(7, { type: 'Call', valid: false }));
    expect(suspects).toEqual(['hubspot', undefined]);
    expect(Object.keys(pipeline.clean[0]!.attributes)).not.toContain('eventmend-system');
  });

  it('never reaches the clean topic unchecked where its type is always checked', async () => {
    const pipeline = withRecords(noRecords, { consult: 'always' });
    await pipeline.sendIds(1, 2, 3);
    expect(pipeline.clean).toEqual([]);
    expect(pipeline.codes).toEqual(new Array(3).fill('ERR_INCORRECT'));
  });

  it('is accepted once its producer sends the same event as valid', async () => {
    const pipeline = withRecords(noRecords);
    await pipeline.send(aCrmSync({ valid: false }));
    await pipeline.send(aCrmSync());
    expect(pipeline.cleanIds).toEqual([6]);
  });
});

describe('a stream whose uuids are unique as a whole', () => {
  const catalog = { streams: { default: { ...noWaitSettings, uuid: 'global' } } } as const;

  it('publishes a uuid for one id only: the other is a duplicate, and its id is accounted for', async () => {
    const pipeline = new Pipeline({ catalog });
    await pipeline.send(anEventAt(1, { uuid: 'u' }));
    await pipeline.send(anEventAt(2, { uuid: 'u' }), anEventAt(3));
    await pipeline.runtime.sweepUntilQuiet();
    expect(pipeline.cleanKeys).toEqual(['default/u', expect.stringMatching(/^default\/3\//)]);
    expect(pipeline.codes).toEqual(['ERR_DUPLICATE']);
    const block = await pipeline.runtime.blocks.last('default');
    expect(block?.cells[2]?.map(({ state }) => state)).toEqual(['closed']);
    expect((await pipeline.runtime.ledger.list('default', 10)).gaps).toEqual([]);
  });

  it('nacks a message and publishes nothing while the holder of its uuid is unknown', async () => {
    const nacked: [subscription: string, published: number][] = [];
    const pipeline = new Pipeline({
      catalog,
      faults: (method) => (method === 'claim' && nacked.length < 3 ? 'fails' : 'none'),
      onNack: (subscription) => {
        nacked.push([subscription, pipeline.clean.length]);
      },
    });
    await pipeline.send(anEventAt(1, { uuid: 'u' }), anEventAt(2, { uuid: 'u' }));
    expect(nacked).toEqual(nacked.map(() => ['track-validated-events', 0]));
    expect(nacked.length).toBeGreaterThanOrEqual(3);
    expect([pipeline.cleanKeys, pipeline.codes]).toEqual([['default/u'], ['ERR_DUPLICATE']]);
  });

  it('lets two ids share a uuid where it is only unique within its id', async () => {
    const pipeline = new Pipeline();
    await pipeline.send(anEventAt(1, { uuid: 'u' }), anEventAt(2, { uuid: 'u' }));
    expect(pipeline.cleanIds).toEqual([1, 2]);
  });
});

describe('an inference that arrives after its original', () => {
  it('is dropped, and counted apart from what producers sent', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(6);
    const attributes = {
      origin: 'reconstructed',
      'eventmend-root': 'inferred/default/6',
      confidence: '1',
      method: 'context',
    };
    await pipeline.runtime.pubsub.publish('mended-events', {
      data: Buffer.from(JSON.stringify(anEventAt(6))),
      attributes,
    });
    await pipeline.runtime.drain();
    const { counts } = pipeline.runtime.log;
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[6], []]);
    expect([counts.get('unneeded'), counts.get('dropped')]).toEqual([1, undefined]);
  });
});

describe('a duplicate', () => {
  it('is only counted where the stream wants no letters of them', async () => {
    const pipeline = new Pipeline({ catalog: { streams: { default: { ...noWaitSettings, duplicates: 'count' } } } });
    await pipeline.sendIds(6, 6);
    expect(pipeline.letters).toEqual([]);
    expect(pipeline.runtime.log.counts.get('duplicate')).toBe(1);
  });

  it('is dropped without a letter if it was resent as a possible duplicate', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(6);
    await pipeline.sendWith({ 'possible-duplicate': 'true' }, anEventAt(6));
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[6], []]);
    expect(pipeline.runtime.log.counts.get('dropped')).toBe(1);
  });
});

describe('what an operator replays', () => {
  it('is accepted once it has been edited, under its root and a key of its own', async () => {
    const pipeline = new Pipeline();
    await pipeline.send(anEventAt(6, { type: ' ' }));
    await pipeline.replayAll({ edited: Buffer.from(JSON.stringify(aCrmSync())) });
    expect(pipeline.clean[0]?.attributes).toMatchObject({ origin: 'replayed', event_id: '6', type: 'CRM_Sync' });
  });

  it('is published once, however often it is replayed', async () => {
    const pipeline = new Pipeline();
    await pipeline.send(anEventAt(6, { type: ' ' }));
    const edited = Buffer.from(JSON.stringify(aCrmSync()));
    await pipeline.replayAll({ edited });
    pipeline.runtime.clock.advance(2_000);
    await pipeline.replayAll({ edited });
    expect(pipeline.cleanIds).toEqual([6]);
  });

  it.each(['replayed', 'reconstructed'])(
    'is dropped if no record waits for it under its number: %s',
    async (origin) => {
      const pipeline = new Pipeline();
      await pipeline.send(anEventAt(6, { type: ' ' }));
      await pipeline.operator.saveDraft(
        (await pipeline.runtime.letters.all())[0]!.id,
        { body: Buffer.from(JSON.stringify(aCrmSync())) },
        { by: 'ana', revision: 1 },
      );
      const attributes = { origin, 'eventmend-root': 'events/1', 'eventmend-replay': '1' };
      await pipeline.runtime.pubsub.publish('mended-events', {
        data: Buffer.from(JSON.stringify(aCrmSync())),
        attributes,
      });
      await pipeline.runtime.drain();
      expect(pipeline.clean).toEqual([]);
      expect(pipeline.runtime.log.counts.get('dropped')).toBe(1);
    },
  );

  it('takes the place of what its key holds, as a replacement that supersedes it', async () => {
    const pipeline = new Pipeline();
    await pipeline.send(anEventAt(6), anEventAt(6, { data: 'better' }));
    await pipeline.replayAll({ replace: true });
    const [first, second] = pipeline.clean.map(({ attributes }) => attributes);
    expect(second).toMatchObject({
      idempotency_key: `${first?.idempotency_key}/r1`,
      supersedes: first?.idempotency_key,
    });
  });

  it('may jump as far as the operator wants', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1);
    await pipeline.sendIds(1_000_000_003);
    expect(pipeline.codes).toEqual(['ERR_SEQUENCE_JUMP']);
    await pipeline.replayAll();
    expect(pipeline.cleanIds).toEqual([1, 1_000_000_003]);
  });
});

describe('an id that is older than the deduplication window', () => {
  const weekMs = 7 * 24 * 3_600_000;
  const catalog = { streams: { default: { ...noWaitSettings, windowMs: weekMs, recover: false } } };

  it('is stale once nothing is remembered of it, and no event is cleaned twice', async () => {
    const pipeline = new Pipeline({ catalog });
    await pipeline.sendIds(1);
    await pipeline.runtime.sweepUntilQuiet();
    pipeline.runtime.clock.advance(2 * weekMs);
    await pipeline.sendIds(300);
    await pipeline.runtime.sweepUntilQuiet();
    pipeline.runtime.clock.advance(60_000);
    await pipeline.sendIds(1);
    expect(pipeline.cleanIds.filter((id) => id === 1)).toHaveLength(1);
    expect(pipeline.codes).toContain('ERR_STALE');
  });
});

describe('an id that a sweep has forgotten', () => {
  async function withForgotten(from: number, to: number) {
    const pipeline = new Pipeline({ without: ['sweep'], catalog: { streams } });
    const progress = { ...startProgress('default'), forgotten: [{ from, to }], sweptAtMs: startMs };
    await pipeline.runtime.ledger.saveProgress('default', progress, undefined);
    return pipeline;
  }

  it('is a dead letter if its event is old, and is accepted when an operator who knows this replays it', async () => {
    const pipeline = await withForgotten(1, 9);
    await pipeline.sendIds(5, 10);
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[10], ['ERR_STALE']]);
    expect(await pipeline.replayAll()).toEqual(['forgotten']);
    expect(await pipeline.replayAll({ forgotten: true })).toEqual([]);
    expect(pipeline.cleanIds).toEqual([10, 5]);
  });

  it('is accepted if its event is younger than a window: it cannot have come before', async () => {
    const pipeline = await withForgotten(1, 9);
    await pipeline.send(anEventAt(5, { timestamp: new Date(startMs).toISOString() }));
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[5], []]);
  });
});

describe('an id that the ledger may list as missing', () => {
  /** A stream whose ledger has scanned to an id, and what ticks it gets. */
  async function scannedTo(
    scanned: number,
    {
      uuid = 'sequence',
      told = [],
      ...options
    }: ConstructorParameters<typeof Pipeline>[0] & { uuid?: 'sequence' | 'global'; told?: readonly number[] } = {},
  ) {
    const pipeline = new Pipeline({
      ...options,
      without: ['sweep'],
      catalog: { streams: { default: { ...noWaitSettings, maxJump: 10_000, uuid } } },
    });
    const pieces = [pieceOf(1, scanned, { sinceMs: startMs, atMs: startMs })];
    await pipeline.runtime.ledger.saveProgress('default', { ...startProgress('default'), pieces, told }, undefined);
    const ticks: string[] = [];
    pipeline.runtime.pubsub.listen('sweeps', 'test-sweeps', ({ attributes }) => {
      ticks.push(attributes.block ?? 'all');
      return Promise.resolve();
    });
    return { pipeline, ticks };
  }

  it('causes a tick for its block when an event, a failure or a void of it comes', async () => {
    const { pipeline, ticks } = await scannedTo(600);
    await pipeline.sendIds(300);
    await pipeline.send(anEventAt(520, { timestamp: 'yesterday' }));
    await pipeline.sendWith({ void: 'true' }, { stream: 'default', from: 510, to: 513 });
    expect(ticks).toEqual(['1', '2', '1', '2']);
  });

  it('causes a tick if it is below a front for which the range below was given up', async () => {
    const { pipeline, ticks } = await scannedTo(300, { told: [1_000] });
    await pipeline.sendIds(600, 1_001);
    expect(ticks).toEqual(['2']);
  });

  it('causes no tick if it is above the scanned ids, or if the claim changes nothing', async () => {
    const { pipeline, ticks } = await scannedTo(300);
    await pipeline.sendIds(301, 301, 302);
    expect(ticks).toEqual([]);
  });

  it('causes another tick when its message is redelivered, since the first tick may not have been sent', async () => {
    let publishes = 0;
    // The first is validate's, the second the tick.
    const faults = (method: string) => (method === 'publish' && ++publishes === 2 ? 'fails' : 'none');
    const { pipeline, ticks } = await scannedTo(600, { faults });
    await pipeline.sendIds(300);
    expect([ticks, pipeline.cleanIds]).toEqual([['1'], [300]]);
  });

  it.each(['sequence', 'global'] as const)(
    'causes its tick before the event is published (uuid: %s), since a published event causes none later',
    async (uuid) => {
      let publishes = 0;
      // The first is validate's, then come the tick and the clean event: whichever is the third does not go out.
      const faults = (method: string) => (method === 'publish' && ++publishes === 3 ? 'fails' : 'none');
      const { pipeline, ticks } = await scannedTo(600, { faults, uuid });
      await pipeline.send(anEventAt(300, { uuid: 'u' }));
      expect([ticks, pipeline.cleanIds]).toEqual([['1', '1'], [300]]);
    },
  );

  it('causes another tick when its void is redelivered, though the redelivery changes nothing else', async () => {
    let publishes = 0;
    const faults = (method: string) => (method === 'publish' && ++publishes === 2 ? 'fails' : 'none');
    const { pipeline, ticks } = await scannedTo(600, { faults });
    await pipeline.sendWith({ void: 'true' }, { stream: 'default', from: 300, to: 300 });
    expect(ticks).toEqual(['1']);
  });

  it('causes one tick for its block in a tenth of a second, however many events come', async () => {
    const { pipeline, ticks } = await scannedTo(600);
    await pipeline.sendIds(...Array.from({ length: 200 }, (_, i) => 256 + i));
    expect(ticks).toEqual(['1']);
  });
});
