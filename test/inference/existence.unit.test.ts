import fc from 'fast-check';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { existenceOf, ExistenceRecord } from '../../shared/inference/existence.ts';
import { defaultStreamSettings } from '../../shared/stream-settings.ts';
import { aGap, atOnce, fileGaps, minuteMs, noon } from '../support/builders.ts';

const prior = { assumedOriginals: 3, assumedVoids: 1 };

describe('the probability that a missing event existed', () => {
  test('is that of the prior before any answer', () => {
    expect(existenceOf({ originals: 0, voids: 0 }, prior)).toEqual({
      probability: 0.75,
      answers: { originals: 0, voids: 0 },
      assumed: { originals: 3, voids: 1 },
    });
  });

  test('is the share of events among late answers, with the prior added to both', () => {
    expect(existenceOf({ originals: 5, voids: 11 }, prior).probability).toBe(0.4);
  });

  test('rises with each late event, and falls with each late void', () => {
    const count = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(count, count, (originals, voids) => {
        const { probability } = existenceOf({ originals, voids }, prior);
        expect(existenceOf({ originals: originals + 1, voids }, prior).probability).toBeGreaterThan(probability);
        expect(existenceOf({ originals, voids: voids + 1 }, prior).probability).toBeLessThan(probability);
      }),
    );
  });

  test('lets a stream without a void infer by default, and holds it back after three voids', () => {
    const by = (originals: number, voids: number) =>
      existenceOf({ originals, voids }, defaultStreamSettings).probability;
    const { minConfidence } = defaultStreamSettings;
    expect(by(0, 0)).toBeCloseTo(0.9901, 4);
    expect(by(0, 2)).toBeGreaterThan(minConfidence);
    expect(by(0, 3)).toBeLessThan(minConfidence);
    expect(by(14, 86)).toBeCloseTo(0.22, 2);
  });
});

describe('the record of a stream', () => {
  async function withRecord(fails = () => false) {
    const clock = new VirtualClock(noon);
    const ledger = new EmbeddedGapLedger(atOnce);
    let reads = 0;
    const counted = new Proxy(ledger, {
      get: (target, name) => {
        if (name !== 'lateAnswers') return Reflect.get(target, name) as unknown;
        reads++;
        return (stream: string) => (fails() ? Promise.reject(new Error('no answer')) : target.lateAnswers(stream));
      },
    });
    const catalog = makeCatalog({ streams: { orders: prior } });
    await fileGaps(ledger, [aGap({ lateOriginals: 5, lateVoids: 11 })]);
    return { clock, ledger, record: new ExistenceRecord({ ledger: counted, clock, catalog }), reads: () => reads };
  }

  test('is read from the ledger once a minute, whatever the number of gaps', async () => {
    const { clock, ledger, record, reads } = await withRecord();
    for (let i = 0; i < 3; i++) expect((await record.of('orders')).probability).toBe(0.4);
    await fileGaps(ledger, [aGap({ from: 9, to: 9, lateOriginals: 20, lateVoids: 0 })]);
    clock.advance(minuteMs - 1);
    expect([(await record.of('orders')).probability, reads()]).toEqual([0.4, 1]);
    clock.advance(1);
    expect([(await record.of('orders')).probability, reads()]).toEqual([0.7, 2]);
  });

  test('is the own record of each stream', async () => {
    const { record } = await withRecord();
    expect((await record.of('others')).answers).toEqual({ originals: 0, voids: 0 });
  });

  test('is read again after an error', async () => {
    let left = 1;
    const { record } = await withRecord(() => left-- > 0);
    await expect(record.of('orders')).rejects.toThrow('no answer');
    expect((await record.of('orders')).probability).toBe(0.4);
  });
});
