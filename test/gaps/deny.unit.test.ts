import { makeCatalog } from '../../shared/catalog-definition.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { denyInferred } from '../../shared/gaps/deny.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { aGap, atOnce, fileGaps, idsFrom } from '../support/builders.ts';

async function denyIn(gaps: readonly Gap[], ids: readonly number[]) {
  const ledger = new EmbeddedGapLedger(atOnce);
  await fileGaps(ledger, gaps);
  await denyInferred({ ledger, catalog: makeCatalog({}) }, 'orders', ids);
  return ledger.lateAnswers('orders');
}

describe('a void of inferred ids', () => {
  it('is recorded in each gap that has some of them, in all blocks', async () => {
    const gaps = [aGap({ from: 200, to: 255 }), aGap({ from: 256, to: 260 }), aGap({ from: 262, to: 270 })];
    expect(await denyIn(gaps, idsFrom(254, 261))).toEqual({ originals: 0, voids: 7 });
  });

  it('counts once if a row that is too long or records a reset lies over the gap', async () => {
    const gaps = [
      aGap({ from: 1, to: 5_000 }),
      aGap({ from: 250, to: 300, isReset: true }),
      aGap({ from: 256, to: 260 }),
    ];
    expect(await denyIn(gaps, [256, 257])).toEqual({ originals: 0, voids: 2 });
  });
});
