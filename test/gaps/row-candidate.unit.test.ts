import { startProgress, type Progress } from '../../shared/gaps/progress.ts';
import { isRowCandidate } from '../../shared/gaps/row-candidate.ts';
import { minuteMs, noon, settingsWith } from '../support/builders.ts';
import { pieceOf } from '../support/bounds.ts';

/** Returns those of some ids that may be in a row of the ledger, a minute after noon. */
function candidates(progress: Partial<Progress>, ids: readonly number[]): readonly number[] {
  const value = { ...startProgress('orders'), ...progress };
  const settings = settingsWith({ graceMs: 2 * minuteMs });
  return ids.filter((id) => isRowCandidate(value, id, noon + minuteMs, settings));
}

describe('an id may be in a row of the ledger', () => {
  it('if it is in a scanned piece', () => {
    const pieces = [pieceOf(10, 19), pieceOf(20, 29, { isScanned: false })];
    expect(candidates({ pieces }, [9, 10, 19, 20, 29, 30])).toEqual([10, 19]);
  });

  it('if it is in a piece that is due to be scanned, since the progress may be older than the scan', () => {
    const pieces = [
      pieceOf(1, 9, { isScanned: false, atMs: noon - minuteMs }),
      pieceOf(10, 19, { isScanned: false, atMs: noon - minuteMs + 1 }),
    ];
    expect(candidates({ pieces }, [9, 10])).toEqual([9]);
  });

  it('if it is in a forgotten range', () => {
    expect(candidates({ forgotten: [{ from: 5, to: 6 }] }, [4, 5, 6, 7])).toEqual([5, 6]);
  });

  it('if it is in a front that was dropped', () => {
    expect(candidates({ dropped: [{ from: 5, to: 6, sinceMs: noon }] }, [4, 5, 6, 7])).toEqual([5, 6]);
  });

  it('if it is below a front for which the range below was given up', () => {
    expect(candidates({ told: [90, 50] }, [49, 89, 90, 91])).toEqual([49, 89]);
  });
});
