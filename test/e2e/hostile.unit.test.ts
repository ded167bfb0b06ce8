import { maxNodes } from '../../shared/json.ts';
import { aCrmSync } from '../support/builders.ts';
import { Pipeline, anEventAt, noWaitSettings } from '../support/pipeline.ts';

describe('a producer that is hostile, or only broken', () => {
  it('cannot jump a billion ids: the event is a dead letter, the stream goes on, and the operator may let it in', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1, 2);
    await pipeline.sendIds(1_000_000_003, 3);
    expect(pipeline.cleanIds).toEqual([1, 2, 3]);
    expect(pipeline.codes).toEqual(['ERR_SEQUENCE_JUMP']);
  });

  it('gets one letter, not a billion, for a gap of a billion ids', async () => {
    const catalog = { streams: { default: { ...noWaitSettings, maxJump: 2 ** 40 } } };
    const pipeline = new Pipeline({ catalog });
    await pipeline.sendIds(0, 1, 1_000_000_003, 1_000_000_004);
    await pipeline.runtime.sweepUntilQuiet();
    expect(pipeline.codes).toEqual(['ERR_GAP_UNRECOVERABLE']);
    expect(pipeline.requests).toEqual([]);
    expect((await pipeline.runtime.ledger.list('default', 10)).gaps).toMatchObject([
      { from: 2, to: 1_000_000_002, state: 'abandoned' },
    ]);
  });

  it('cannot make a block that its neighbours cannot be written to: one id with 1,000 timestamps', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(7);
    const at = (i: number) => anEventAt(6, { timestamp: new Date(i * 1000).toISOString(), data: 'x'.repeat(1000) });
    await pipeline.send(...Array.from({ length: 1000 }, (_, i) => at(i)));
    await pipeline.sendIds(8);
    expect(pipeline.cleanIds).toEqual([7, ...new Array<number>(1000).fill(6), 8]);
    expect(pipeline.codes).toEqual([]);
  });

  it('may send 256 types in a block', async () => {
    const pipeline = new Pipeline();
    await pipeline.send(...Array.from({ length: 256 }, (_, i) => anEventAt(i, { type: `type-${i}`.padEnd(128, 'ä') })));
    await pipeline.sendIds(256);
    expect(pipeline.cleanIds).toHaveLength(257);
  });

  it('may send 10 MB: the event is a dead letter whose body is kept whole', async () => {
    const pipeline = new Pipeline();
    const text = JSON.stringify(aCrmSync({ data: 'x'.repeat(10_000_000) }));
    await pipeline.send(text);
    await pipeline.sendIds(7);
    expect(pipeline.codes).toEqual(['ERR_TOO_LARGE']);
    expect(pipeline.cleanIds).toEqual([7]);
    const [letter] = await pipeline.runtime.letters.list(1);
    expect(letter).toMatchObject({ eventId: 6, stream: 'default' });
    const kept = await pipeline.runtime.letters.kept(letter!.root, 0);
    expect(Buffer.from(kept!.data).toString()).toBe(text);
  });

  it('may send more values than are parsed: the event is a dead letter with its bytes, and its id is not missing', async () => {
    const pipeline = new Pipeline();
    const text = `{"event_id":6,"type":"a","timestamp":"2025-02-09T12:00:00","data":[${'1,'.repeat(maxNodes)}1]}`;
    await pipeline.sendIds(5, 7);
    await pipeline.send(text, text);
    await pipeline.runtime.sweepUntilQuiet();
    expect(pipeline.codes).toEqual(['ERR_TOO_LARGE', 'ERR_TOO_LARGE']);
    expect(pipeline.cleanIds).toEqual([5, 7]);
    expect(pipeline.requests).toEqual([]);
    const [letter] = await pipeline.runtime.letters.list(1);
    expect(letter).toMatchObject({ eventId: 6, failure: { detail: `data: more than ${maxNodes} values and names` } });
    const filed = await pipeline.runtime.letters.find(letter!.id);
    expect(Buffer.from(filed!.value.message.data).toString()).toBe(text);
  });

  it('cannot speak for another stream, nor for Eventmend', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(6);
    const forged = {
      origin: 'replayed',
      'eventmend-root': 'events/1',
      'eventmend-replace': 'true',
      supersedes: 'default/6/0',
    };
    await pipeline.sendWith(forged, anEventAt(6, { data: 'other' }));
    expect(pipeline.codes).toEqual(['ERR_CONFLICT']);
    await pipeline.sendWith({ ...forged, stream: 'other' }, anEventAt(6));
    expect(pipeline.clean.at(-1)?.attributes).toMatchObject({ stream: 'other', origin: 'producer' });
    expect(pipeline.clean.at(-1)?.attributes).not.toHaveProperty('supersedes');
  });

  it('loses nothing by streams and types that are named like members of every object', async () => {
    const pipeline = new Pipeline();
    for (const stream of ['constructor', 'toString', 'hasOwnProperty']) {
      await pipeline.sendWith({ stream }, anEventAt(6, { type: '__proto__' }), anEventAt(6, { type: '__proto__' }));
    }
    expect(pipeline.cleanKeys.map((key) => key?.split('/')[0])).toEqual(['constructor', 'toString', 'hasOwnProperty']);
    expect(pipeline.codes).toEqual(new Array(3).fill('ERR_DUPLICATE'));
  });
});

describe('voids', () => {
  const aVoid = { void: 'true' };

  it('close ids that never existed, so that they are neither missing nor inferred', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1, 5);
    await pipeline.sendWith(aVoid, { stream: 'default', from: 2, to: 4 });
    await pipeline.runtime.sweepUntilQuiet();
    expect(pipeline.cleanIds).toEqual([1, 5]);
    expect((await pipeline.runtime.ledger.list('default', 10)).gaps).toEqual([]);
    expect(pipeline.runtime.log.counts.get('applied')).toBe(1);
  });

  it('of ids that were seen are one conflict that lists them; the others are closed', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1, 3, 5);
    await pipeline.sendWith(aVoid, { stream: 'default', from: 1, to: 4 });
    await pipeline.runtime.sweepUntilQuiet();
    expect(pipeline.letters.map(({ attributes }) => attributes['eventmend-detail'])).toEqual([
      'void of ids that were seen: 1, 3',
    ]);
    expect((await pipeline.runtime.ledger.list('default', 10)).gaps).toEqual([]);
  });

  it('far ahead of the stream are invalid', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1);
    await pipeline.sendWith(aVoid, { stream: 'default', from: 9_000_000, to: 9_000_001 });
    expect(pipeline.codes).toEqual(['ERR_INVALID_EVENT']);
  });
});
