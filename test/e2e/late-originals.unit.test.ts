import type { SystemOfRecord } from '../../shared/ports.ts';
import { idsFrom } from '../support/builders.ts';
import { anEventAt, noWaitSettings, Pipeline } from '../support/pipeline.ts';
import { noRecords, recordsWith, typeWithNote } from '../support/records.ts';

/** A stream of which 3 is inferred, since nobody resends it. */
async function withInference(options: ConstructorParameters<typeof Pipeline>[0] = {}): Promise<Pipeline> {
  const pipeline = new Pipeline(options);
  await pipeline.sendIds(1, 2, 4, 5);
  await pipeline.runtime.sweepUntilQuiet();
  return pipeline;
}

async function ledgerOf({ runtime }: Pipeline): Promise<string[]> {
  const { gaps } = await runtime.ledger.list('default', 100);
  return gaps.toReversed().map(({ from, to, state }) => `${from}–${to} ${state}`);
}

describe('the late original of an inferred event', () => {
  it('is published in its place, and the ledger says so without waiting for the next sweep', async () => {
    const pipeline = await withInference();
    expect(await ledgerOf(pipeline)).toEqual(['3–3 reconstructed']);
    await pipeline.sendIds(3);
    const original = pipeline.clean.at(-1)?.attributes;
    expect(original).toMatchObject({ event_id: '3', origin: 'producer', supersedes: 'default/3/inferred' });
    expect(await ledgerOf(pipeline)).toEqual(['3–3 superseded']);
  });

  it('leaves one event of that id in the sink, in whatever order the two arrive there', async () => {
    const pipeline = await withInference({ without: ['store'] });
    await pipeline.sendIds(3);
    const copies = pipeline.clean.filter(({ attributes }) => attributes.event_id === '3');
    const originalKey = copies.at(-1)!.attributes.idempotency_key!;
    expect(copies).toHaveLength(2);
    for (const order of [copies, copies.toReversed(), [...copies, ...copies]]) {
      const sink = new Pipeline();
      for (const message of order) await sink.runtime.pubsub.publish('cleaned-events', message);
      await sink.runtime.drain();
      expect(sink.runtime.events.find('default/3/inferred')).toEqual({ supersededBy: originalKey });
      expect(sink.runtime.events.find(originalKey)).toMatchObject({ event: { attributes: { origin: 'producer' } } });
    }
  });

  it('is a dead letter that says so where it is invalid, and the inference stands', async () => {
    const pipeline = await withInference();
    await pipeline.send(anEventAt(3, { valid: false }));
    expect(pipeline.letters.map(({ attributes }) => attributes['eventmend-detail'])).toEqual([
      expect.stringContaining('the inferred event stands'),
    ]);
    expect(await ledgerOf(pipeline)).toEqual(['3–3 reconstructed']);
  });

  it('supersedes once it is verified, and not before', async () => {
    let asked = 0;
    const hubspot: SystemOfRecord = { look: (refs) => (asked++ === 0 ? noRecords : recordsWith()).look(refs) };
    const pipeline = await withInference({
      catalog: { streams: { default: noWaitSettings }, types: { CRM_Sync: typeWithNote } },
      systems: new Map([['hubspot', hubspot]]),
    });
    await pipeline.send(anEventAt(3, { valid: false }));
    expect(await ledgerOf(pipeline)).toEqual(['3–3 reconstructed']);
    await pipeline.replayAll();
    expect(pipeline.clean.at(-1)?.attributes).toMatchObject({ supersedes: 'default/3/inferred' });
    expect(await ledgerOf(pipeline)).toEqual(['3–3 superseded']);
  });

  it('comes first where both arrive in one batch: nothing is inferred any more', async () => {
    const pipeline = new Pipeline({ without: ['reconstruct'] });
    await pipeline.sendIds(1, 2, 4, 5);
    for (let ticks = 0; ticks < 3; ticks++) await pipeline.runtime.sweep();
    const inference = (await withInference()).clean.find(({ attributes }) => attributes.origin === 'reconstructed')!;
    const reconstruction = {
      data: inference.data,
      attributes: {
        stream: 'default',
        origin: 'reconstructed',
        'eventmend-root': 'inferred/default/3',
        confidence: '1',
        method: 'context',
      },
    };
    const original = { data: Buffer.from(JSON.stringify(anEventAt(3))), attributes: {} };
    await Promise.all([
      pipeline.runtime.pubsub.publish('mended-events', reconstruction),
      pipeline.runtime.publish(original),
    ]);
    await pipeline.runtime.drain();
    const published = pipeline.clean.filter(({ attributes }) => attributes.event_id === '3');
    const last = published.at(-1)?.attributes;
    expect(last?.origin).toBe('producer');
    expect(last?.supersedes).toBe(published.length === 2 ? 'default/3/inferred' : undefined);
  });
});

describe('the late original of an event that was given up', () => {
  it('is accepted as any other, and the ledger says that it came after all', async () => {
    const catalog = { streams: { default: noWaitSettings }, types: { CRM_Sync: { inferable: false } } };
    const pipeline = new Pipeline({ catalog });
    await pipeline.sendIds(1, 2, 5);
    await pipeline.runtime.sweepUntilQuiet();
    expect([await ledgerOf(pipeline), pipeline.codes]).toEqual([['3–4 abandoned'], ['ERR_GAP_UNRECOVERABLE']]);
    pipeline.runtime.clock.advance(60_000);
    await pipeline.sendIds(4);
    expect(pipeline.clean.at(-1)?.attributes).not.toHaveProperty('supersedes');
    const [gap] = (await pipeline.runtime.ledger.list('default', 1)).gaps;
    expect(gap).toMatchObject({ state: 'abandoned', cameLateAtMs: pipeline.runtime.clock.now() });
  });
});

describe('the late originals of a gap that is longer than maxGap', () => {
  it('are counted as they come, and with the last of them the gap is filled', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(0, 1, 2_002, 2_003);
    await pipeline.runtime.sweepUntilQuiet();
    expect([await ledgerOf(pipeline), pipeline.codes]).toEqual([['2–2001 abandoned'], ['ERR_GAP_UNRECOVERABLE']]);
    const row = async () => (await pipeline.runtime.ledger.list('default', 1)).gaps[0];
    await pipeline.sendIds(...idsFrom(2, 1_001));
    expect(await row()).toMatchObject({ state: 'abandoned', missing: 1_000 });
    await pipeline.sendIds(...idsFrom(1_002, 2_001));
    expect(await row()).toMatchObject({ state: 'filled', missing: 0 });
    expect(pipeline.codes).toEqual(['ERR_GAP_UNRECOVERABLE']);
  });

  it('and a void over the rest of it make it voided', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(0, 1, 2_002, 2_003);
    await pipeline.runtime.sweepUntilQuiet();
    await pipeline.sendIds(...idsFrom(2, 1_001));
    await pipeline.sendWith({ void: 'true' }, { from: 1_002, to: 2_001 });
    expect(await ledgerOf(pipeline)).toEqual(['2–2001 voided']);
  });
});
