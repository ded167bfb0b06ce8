import { twilio } from '../../shared/sources/presets.ts';
import { dayMs } from '../support/builders.ts';
import { storeFullBucket } from '../support/full-bucket.ts';
import { Pipeline, startMs } from '../support/pipeline.ts';

const unnumbered = { numbering: 'none' } as const;
const windowMs = 14 * dayMs;

function aPipeline(settings: object = {}): Pipeline {
  return new Pipeline({ catalog: { streams: { default: { ...unnumbered, ...settings } } } });
}

function aPayment(uuid: string, members: Readonly<Record<string, unknown>> = {}) {
  return { uuid, type: 'Payment', timestamp: '2025-12-31T23:59:59.999Z', valid: true, ...members };
}

describe('an unnumbered stream', () => {
  it('publishes each event once, under its uuid and without an id', async () => {
    const pipeline = aPipeline();
    await pipeline.send(aPayment('u-1'), aPayment('u-2'), aPayment('u-1'));
    expect(pipeline.clean.map(({ attributes }) => attributes)).toEqual(
      ['u-1', 'u-2'].map((uuid) => ({
        stream: 'default',
        type: 'Payment',
        event_time: '2025-12-31T23:59:59.999Z',
        idempotency_key: `default/${uuid}`,
        origin: 'producer',
      })),
    );
    expect(pipeline.codes).toEqual(['ERR_DUPLICATE']);
    expect(pipeline.letters[0]?.attributes).not.toHaveProperty('eventmend-id');
  });

  it('finds the copy of an event at the end of a bucket, after events of the next bucket came', async () => {
    const pipeline = aPipeline();
    const next = { timestamp: '2026-01-01T00:00:00.000Z' };
    await pipeline.send(aPayment('u-1'), aPayment('u-2', next), aPayment('u-1'), aPayment('u-2', next));
    expect(pipeline.clean).toHaveLength(2);
    expect(pipeline.codes).toEqual(['ERR_DUPLICATE', 'ERR_DUPLICATE']);
  });

  it('calls other content under one uuid a conflict, and strangers of one instant nothing', async () => {
    const pipeline = aPipeline();
    const strangers = Array.from({ length: 600 }, (_, n) => aPayment(`u-${n}`));
    await pipeline.send(...strangers, aPayment('u-7', { data: { amount: 2 } }));
    expect(pipeline.clean).toHaveLength(600);
    expect(pipeline.codes).toEqual(['ERR_CONFLICT']);
  });

  it('has no gaps, and nothing is inferred or asked for', async () => {
    const pipeline = aPipeline();
    await pipeline.send(aPayment('u-1', { event_id: 1 }), aPayment('u-9', { event_id: 9 }));
    await pipeline.runtime.sweepUntilQuiet();
    expect(pipeline.clean).toHaveLength(2);
    expect(pipeline.requests).toEqual([]);
    expect((await pipeline.runtime.ledger.list('default', 9)).gaps).toEqual([]);
  });

  it('accepts any value as an id, and compares it as content', async () => {
    const pipeline = aPipeline();
    const event = aPayment('u-1', { event_id: 'ORD-1' });
    await pipeline.send(event, aPayment('u-2', { event_id: -1.5 }), event, aPayment('u-1', { event_id: 'ORD-2' }));
    expect([pipeline.cleanKeys, pipeline.codes]).toEqual([
      ['default/u-1', 'default/u-2'],
      ['ERR_DUPLICATE', 'ERR_CONFLICT'],
    ]);
  });

  it.each([
    ['a uuid', { uuid: undefined }, 'uuid'],
    ['a timestamp', { timestamp: 'yesterday' }, 'timestamp'],
  ])('dead-letters an event without %s, and says so', async (_, members, named) => {
    const pipeline = aPipeline();
    await pipeline.send(aPayment('u-1', members));
    expect(pipeline.codes).toEqual(['ERR_INVALID_EVENT']);
    expect(pipeline.letters[0]?.attributes['eventmend-detail']).toContain(named);
  });

  it('dead-letters a void, because the stream has no ids', async () => {
    const pipeline = aPipeline();
    await pipeline.sendWith({ void: 'true' }, { from: 1, to: 2 });
    expect(pipeline.letters[0]?.attributes['eventmend-detail']).toBe('void: its stream has no ids');
  });

  it('publishes a refused event once it is replayed', async () => {
    const pipeline = aPipeline();
    await pipeline.send(aPayment('u-1', { valid: false }));
    expect(pipeline.codes).toEqual(['ERR_INCORRECT']);
    await pipeline.replayAll({ edited: Buffer.from(JSON.stringify(aPayment('u-1'))) });
    expect(pipeline.cleanKeys).toEqual(['default/u-1']);
  });

  it('accepts a timestamp that is more than a day ahead, and counts it', async () => {
    const pipeline = aPipeline();
    await pipeline.send(aPayment('u-1', { timestamp: new Date(startMs + 2 * dayMs).toISOString() }), aPayment('u-2'));
    expect(pipeline.clean).toHaveLength(2);
    expect(pipeline.runtime.log.counts.get('timestamp-ahead')).toBe(1);
  });
});

describe('a copy with another timestamp, in an unnumbered stream with global uuids', () => {
  const counted = { uuid: 'global', duplicates: 'count' } as const;
  const later = { timestamp: '2026-01-01T00:05:00Z' };

  it('is a conflict, because the timestamp is content, and is not published', async () => {
    const pipeline = aPipeline(counted);
    await pipeline.send(aPayment('u-1'), aPayment('u-1', later));
    expect([pipeline.clean.length, pipeline.codes]).toEqual([1, ['ERR_CONFLICT']]);
    expect(pipeline.letters[0]?.attributes['eventmend-detail']).toBe('other-content');
  });

  it('finds the uuid for as long as the event is not old: it is claimed with the timestamp', async () => {
    const pipeline = aPipeline(counted);
    const claim = jest.spyOn(pipeline.runtime.keys, 'claim');
    await pipeline.send(aPayment('u-1', later));
    const claimed = ['default', 'u-1', expect.any(Number), Date.parse(later.timestamp)];
    expect(claim.mock.calls).toEqual([claimed]);
  });

  it('is compared with the event again when it is replayed, and supersedes it where the operator says so', async () => {
    const pipeline = aPipeline(counted);
    await pipeline.send(aPayment('u-1'), aPayment('u-1', later));
    await pipeline.replayAll();
    expect([pipeline.clean.length, pipeline.codes]).toEqual([1, ['ERR_CONFLICT', 'ERR_CONFLICT']]);
    await pipeline.replayAll({ replace: true });
    expect(pipeline.cleanKeys).toEqual(['default/u-1', 'default/u-1/r1']);
    expect(pipeline.clean[1]?.attributes.supersedes).toBe('default/u-1');
    // Copies of both contents are known, whichever timestamp they have.
    await pipeline.send(aPayment('u-1'), aPayment('u-1', later));
    expect(pipeline.clean).toHaveLength(2);
  });

  it('is a conflict again if an operator edits it to other content, although the edit has left its place', async () => {
    const pipeline = aPipeline(counted);
    await pipeline.send(aPayment('u-1'), aPayment('u-1', later));
    await pipeline.replayAll({
      edited: Buffer.from(JSON.stringify(aPayment('u-1', { ...later, data: { amount: 3 } }))),
    });
    expect([pipeline.clean.length, pipeline.codes]).toEqual([1, ['ERR_CONFLICT', 'ERR_CONFLICT']]);
  });

  it('is a conflict too if the first event is on a page of its full bucket', async () => {
    const pipeline = aPipeline(counted);
    await storeFullBucket(pipeline.runtime.blocks, 'default', { instantMs: startMs - 1, nowMs: startMs });
    await pipeline.send(aPayment('u-1'), aPayment('u-1', later), aPayment('u-2'));
    expect([pipeline.cleanKeys, pipeline.codes]).toEqual([['default/u-1', 'default/u-2'], ['ERR_CONFLICT']]);
  });

  it('is counted as a duplicate if its timestamp is no content, and is a conflict if its content differs', async () => {
    const pipeline = new Pipeline({ catalog: { sources: { texts: { fields: twilio() } } } });
    const status = async (price: string): Promise<void> => {
      const data = Buffer.from(`MessageSid=SM1&MessageStatus=sent&Price=${price}`);
      await pipeline.runtime.publish({ data, attributes: {} }, undefined, 'texts');
      await pipeline.runtime.drain();
      pipeline.runtime.clock.advance(5_000);
    };
    await status('1');
    await status('1');
    expect([pipeline.clean.length, pipeline.codes]).toEqual([1, []]);
    await status('2');
    expect([pipeline.clean.length, pipeline.codes]).toEqual([1, ['ERR_CONFLICT']]);
  });
});

it('an event of two days ahead is remembered for a window after its timestamp', async () => {
  const pipeline = aPipeline();
  const { clock, blocks } = pipeline.runtime;
  const ahead = aPayment('u-1', { timestamp: new Date(startMs + 2 * dayMs).toISOString() });
  await pipeline.send(ahead);
  clock.advance(windowMs + dayMs);
  blocks.deleteExpired(clock.now(), () => true);
  await pipeline.send(ahead);
  expect([pipeline.clean.length, pipeline.codes]).toEqual([1, ['ERR_DUPLICATE']]);
});

describe('an event that is older than the window of an unnumbered stream', () => {
  const old = aPayment('u-old', { timestamp: new Date(startMs - windowMs - 1).toISOString() });

  async function sweptFor(ms: number, settings: object = {}): Promise<Pipeline> {
    const pipeline = aPipeline(settings);
    await pipeline.send(aPayment('u-1'));
    await pipeline.runtime.sweepUntilQuiet();
    pipeline.runtime.clock.advance(startMs + ms - pipeline.runtime.clock.now());
    return pipeline;
  }

  it('is published while the stream has not been swept for a window', async () => {
    const pipeline = await sweptFor(windowMs - dayMs);
    await pipeline.send(old);
    expect(pipeline.cleanKeys).toContain('default/u-old');
  });

  it('is dead-lettered afterwards, because a copy may have come and be forgotten', async () => {
    const pipeline = await sweptFor(windowMs + dayMs);
    await pipeline.send(old);
    expect(pipeline.codes).toEqual(['ERR_STALE']);
  });

  it('is dead-lettered too if its bucket is full and the page of its key is gone, because pages go before full buckets', async () => {
    const pipeline = aPipeline();
    const { clock, blocks } = pipeline.runtime;
    await storeFullBucket(blocks, 'default', { instantMs: startMs, nowMs: startMs });
    const early = aPayment('u-1', { timestamp: new Date(startMs).toISOString() });
    await pipeline.send(early);
    await pipeline.runtime.sweepUntilQuiet();
    clock.advance(windowMs + dayMs);
    blocks.deleteExpired(clock.now(), () => true);
    await pipeline.send(early);
    expect([pipeline.clean.length, pipeline.codes]).toEqual([1, ['ERR_STALE']]);
  });

  it('is published even then while history is loaded, and its copy is found', async () => {
    const pipeline = await sweptFor(windowMs + dayMs, { backfill: true });
    await pipeline.send(old, old);
    expect(pipeline.cleanKeys.filter((key) => key === 'default/u-old')).toHaveLength(1);
    expect(pipeline.codes).toEqual(['ERR_DUPLICATE']);
  });
});
