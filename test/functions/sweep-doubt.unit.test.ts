import { defaultStreamSettings } from '../../shared/stream-settings.ts';
import { cellsOf, idsFrom, minuteMs } from '../support/builders.ts';
import { Sweeping } from '../support/sweeping.ts';

const { doubt } = defaultStreamSettings;

/** Sweeps a stream until its producer had its time to answer. @returns The number of doubtful gaps of each sweep. */
async function doubtfulAtEachSweep(ids: readonly number[]): Promise<readonly number[]> {
  const sweeping = new Sweeping({ doubt });
  await sweeping.hold(cellsOf(ids));
  const counts: number[] = [];
  for (let minute = 0; minute < 8; minute++) {
    sweeping.log.health.clear();
    await sweeping.tickAfter(minuteMs);
    counts.push(sweeping.log.health.get('orders')?.doubtfulGaps ?? 0);
  }
  return counts;
}

describe('the health of a stream', () => {
  it('has the number of gaps that look like numbers with holes, at the sweep that should infer them', async () => {
    const evenIds = idsFrom(1, 40).map((i) => 2 * i);
    expect(await doubtfulAtEachSweep(evenIds)).toEqual([0, 0, 0, 0, 0, 0, 1, 0]);
  });

  it('says how long the watermark has stood, and how many outliers are new', async () => {
    const sweeping = new Sweeping({ doubt });
    await sweeping.hold(cellsOf([1, 2, 3, 5, 6, 7, 900_000, 950_000]));
    const told: (readonly [number, number, number])[] = [];
    for (let minute = 0; minute < 4; minute++) {
      await sweeping.tickAfter(minuteMs);
      const { watermark = 0, lagSeconds = 0, newOutliers = 0 } = sweeping.log.health.get('orders') ?? {};
      told.push([watermark, lagSeconds, newOutliers]);
    }
    expect(told).toEqual([
      [0, 0, 2],
      [3, 60, 0],
      [3, 120, 0],
      [3, 180, 0],
    ]);
  });

  it('has none where the gap looks like a loss', async () => {
    const ids = idsFrom(1, 80).filter((id) => id !== 40);
    expect(await doubtfulAtEachSweep(ids)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
