import type { Gap } from '../../shared/gaps/gap.ts';
import { Audited } from '../support/audited.ts';
import { aFront, aGap, aPiece, cellsOf, dayMs, fileGaps, hold, idsFrom, minuteMs, noon } from '../support/builders.ts';

/** Two fronts, 1 to 400 without 5, and 5,001 to 5,100 without 5,050 to 5,051, and the outlier 900. */
async function twoFronts(...more: readonly Gap[]): Promise<Audited> {
  const audited = new Audited();
  const low = [...idsFrom(1, 4), ...idsFrom(6, 400)];
  await hold(audited.blocks, 'orders', cellsOf([...low, 900, ...idsFrom(5_001, 5_049), ...idsFrom(5_052, 5_100)]));
  await audited.progress({
    pieces: [
      aPiece({ from: 1, to: 400, atMs: noon - minuteMs, sinceMs: noon - 2 * minuteMs }),
      aPiece({ from: 900, to: 900 }),
      ...aFront({ first: 5_001, last: 5_100 }),
    ],
  });
  const rows = [aGap({ from: 5, to: 5 }), aGap({ from: 5_050, to: 5_051, state: 'abandoned' })];
  await fileGaps(audited.stores.ledger, [...rows, ...more]);
  return audited;
}

/** The row of the range between both fronts. */
const between = aGap({ from: 401, to: 5_000, state: 'abandoned', why: 'between two fronts of the stream' });

describe('an audit of several fronts', () => {
  it('proves each of them, and concludes nothing from a single id or from what lies between', async () => {
    const audited = await twoFronts(between);
    const { fronts, outliers, difference, findings, notes } = await audited.audit();
    expect(fronts).toMatchObject([
      { from: 1, to: 400, held: { clean: 399 }, missing: 1, givenUp: 0, difference: 0 },
      { from: 5_001, to: 5_100, held: { clean: 98 }, missing: 0, givenUp: 2, difference: 0 },
    ]);
    expect([outliers, difference, findings]).toEqual([[900], 0, []]);
    expect(notes).toEqual(['1 outlier, from which nothing is concluded: 900']);
    expect(await audited.draw()).toContain(
      '  orders balances: every id from 1 to 400, from 5001 to 5100 is in one place\n    1 outlier, from which',
    );
  });

  it('reports a missing id of each', async () => {
    const audited = await twoFronts();
    await fileGaps(audited.stores.ledger, [
      aGap({ from: 5, to: 5, state: 'filled' }),
      aGap({ from: 5_050, to: 5_051, state: 'voided' }),
    ]);
    expect(await audited.audit()).toMatchObject({
      difference: 3,
      findings: [
        'missing: 5 without an entry, in the gap 5, which is filled',
        'missing: 5050–5051 without an entry, in the gap 5050–5051, which is voided',
      ],
    });
    expect(await audited.draw()).toContain('  off by 1 in 1–400, 2 in 5001–5100: orders\n');
  });

  it('lists ids that blocks hold outside of every front', async () => {
    const audited = await twoFronts();
    await hold(audited.blocks, 'orders', cellsOf([2_000, 2_001, 7_000]));
    const { difference, findings, notes } = await audited.audit();
    expect([difference, findings]).toEqual([0, []]);
    expect(notes).toContain('3 ids held in no front: 2000–2001, 7000');
  });

  it('lists only some of many ids', async () => {
    const audited = await twoFronts();
    await hold(audited.blocks, 'orders', cellsOf(idsFrom(1, 20).map((n) => 6_000 + 2 * n)));
    const { notes } = await audited.audit();
    expect(notes![1]).toBe('20 ids held in no front: 6002, 6004, 6006, 6008, 6010, 6012, 6014, 6016 and 12 more');
  });

  it('reads the gaps of a front page by page, and not those far below it', async () => {
    const audited = new Audited();
    const last = 4_000;
    await hold(audited.blocks, 'orders', cellsOf(idsFrom(1, last).filter((id) => id % 2 === 0)));
    await audited.progress({ pieces: aFront({ first: 2_500, last }), forgotten: [{ from: 1, to: 900 }] });
    await fileGaps(
      audited.stores.ledger,
      idsFrom(0, last / 2 - 1).map((n) => aGap({ from: 2 * n + 1, to: 2 * n + 1 })),
    );
    const list = jest.spyOn(audited.stores.ledger, 'list');
    expect(await audited.audit()).toMatchObject({ fronts: [{ missing: 750, difference: 0 }], findings: [] });
    expect(list).toHaveBeenCalledTimes(3);
  });

  it('says that ids lie below the start of the stream', async () => {
    const audited = new Audited({ start: 100 });
    await hold(audited.blocks, 'orders', cellsOf([7, ...idsFrom(100, 120)]));
    await audited.progress({ pieces: aFront({ first: 100, last: 120 }) });
    audited.nowMs = noon + dayMs;
    expect(await audited.audit()).toMatchObject({
      findings: [],
      notes: ['1 id held in no front: 7; the stream begins with 100'],
    });
  });
});

describe('gaps that overlap', () => {
  it('count an id once: short gaps before long ones, unresolved gaps before those that were given up', async () => {
    const audited = new Audited({ maxGap: 50 });
    await hold(audited.blocks, 'orders', cellsOf([...idsFrom(1, 4), ...idsFrom(91, 99)]));
    await audited.progress({ pieces: aFront({ first: 1, last: 99 }) });
    await fileGaps(audited.stores.ledger, [
      aGap({ from: 5, to: 90, state: 'abandoned' }),
      aGap({ from: 10, to: 20, state: 'abandoned' }),
      aGap({ from: 15, to: 25 }),
    ]);
    expect(await audited.audit()).toMatchObject({
      fronts: [{ missing: 11, givenUp: 75, difference: 0 }],
      findings: [],
    });
  });

  it('are no proof for the ids of a front if they are as long as the range between two fronts', async () => {
    const audited = await twoFronts(between);
    await hold(audited.blocks, 'orders', cellsOf([2_000, 2_003]));
    await audited.progress({ pieces: aFront({ first: 2_000, last: 2_003 }) });
    expect(await audited.audit()).toMatchObject({
      difference: 2,
      findings: [
        'missing: 2001–2002 without an entry, in no gap but 401–5000, which is too long to tell anything of single ids',
      ],
    });
    await fileGaps(audited.stores.ledger, [aGap({ from: 2_001, to: 2_002 })]);
    expect(await audited.audit()).toMatchObject({ difference: 0, findings: [], fronts: [{ missing: 2 }] });
  });

  it('are found if they begin below the front, because the ids below were forgotten', async () => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf([1, ...idsFrom(2_000, 2_010)]));
    const forgotten = [{ from: 1, to: 1_500 }];
    await audited.progress({ pieces: aFront({ first: 1_501, last: 2_010 }), forgotten });
    await fileGaps(audited.stores.ledger, [aGap({ from: 2, to: 1_999, state: 'abandoned' })]);
    expect(await audited.audit()).toMatchObject({
      fronts: [{ from: 1_501, givenUp: 499, difference: 0 }],
      findings: [],
    });
  });
});

describe('an audit of a stream whose numbers have holes', () => {
  it('counts ids that are assumed to be void', async () => {
    const audited = new Audited({ numbering: { holes: 'normal' } });
    await hold(audited.blocks, 'orders', cellsOf([1, 3, 6, 7, 8]));
    await audited.progress({ pieces: aFront({ first: 1, last: 8 }) });
    await fileGaps(audited.stores.ledger, [aGap({ from: 2, to: 5, state: 'voided', assumed: true })]);
    expect(await audited.audit()).toMatchObject({ fronts: [{ assumed: 3, difference: 0 }], findings: [] });
    expect(await audited.draw()).toContain('assumed void');
  });

  it('expects the ids of a step only', async () => {
    const audited = new Audited({ numbering: { step: 10 } });
    const tens = idsFrom(1, 40).map((n) => 10 * n);
    await hold(audited.blocks, 'orders', cellsOf([...tens.filter((id) => id < 200 || id > 230), 333]));
    await audited.progress({ pieces: aFront({ first: 10, last: 400, scanned: 380 }) });
    await fileGaps(audited.stores.ledger, [aGap({ from: 200, to: 220 })]);
    expect(await audited.audit()).toMatchObject({
      difference: 1,
      fronts: [{ missing: 3, held: { clean: 37 }, notLookedAt: 0, offStep: 350 }],
      findings: ['missing: 221–230 without an entry, and in no gap of the ledger'],
    });
    await fileGaps(audited.stores.ledger, [aGap({ from: 230, to: 230, state: 'abandoned' })]);
    expect(await audited.audit()).toMatchObject({ difference: 0, findings: [], offStepEvents: 1 });
    expect(await audited.draw()).toMatch(/10–400 +41 +37 /);
    expect(await audited.draw()).toContain(
      '1 event has an id off the step of 10: 333; they are accepted, and not expected',
    );
  });
});
