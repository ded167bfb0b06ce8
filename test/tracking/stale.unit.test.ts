import { startProgress, type Progress } from '../../shared/gaps/progress.ts';
import { blockIndexesOf, forgettableIds, isOldMessage } from '../../shared/tracking/stale.ts';
import { dayMs, noon, settingsWith } from '../support/builders.ts';
import { pieceOf } from '../support/bounds.ts';

const settings = settingsWith({ windowMs: 14 * dayMs });
const windowAgo = noon - 14 * dayMs;

function forgettable(progress: Partial<Progress> | undefined, eventId: number, lastId = eventId) {
  const value = progress && { ...startProgress('orders'), sweptAtMs: noon, ...progress };
  return forgettableIds({ eventId, lastId }, value, noon, settings);
}

it('a message is old if its timestamp is older than a window, or unknown', () => {
  const isOld = (instantMs: number | undefined) => isOldMessage({ instantMs }, noon, settings);
  expect([windowAgo - 1, undefined, windowAgo, noon].map(isOld)).toEqual([true, true, false, false]);
});

describe('the ids that may be forgotten', () => {
  it('are those in a forgotten range', () => {
    const forgotten = [
      { from: 1, to: 9 },
      { from: 20, to: 29 },
    ];
    expect([9, 10, 19, 20].map((id) => forgettable({ forgotten }, id).length)).toEqual([1, 0, 0, 1]);
    expect(forgettable({ forgotten }, 5, 24)).toEqual([
      { from: 5, to: 9 },
      { from: 20, to: 24 },
    ]);
  });

  it('are those in a piece that is a window old now, though no sweep has forgotten it yet', () => {
    const pieces = [pieceOf(1, 9, { sinceMs: windowAgo }), pieceOf(10, 19, { sinceMs: windowAgo + 1 })];
    expect([9, 10].map((id) => forgettable({ pieces }, id).length)).toEqual([1, 0]);
  });

  it('are those of a front that was dropped and is a window old now', () => {
    const dropped = [
      { from: 1, to: 9, sinceMs: windowAgo },
      { from: 10, to: 19, sinceMs: windowAgo + 1 },
    ];
    expect([9, 10].map((id) => forgettable({ dropped }, id).length)).toEqual([1, 0]);
  });

  it('are all, if the stream was not swept for a window', () => {
    expect(forgettable({ sweptAtMs: windowAgo - 1 }, 7, 8)).toEqual([{ from: 7, to: 8 }]);
    expect(forgettable({ sweptAtMs: windowAgo }, 7)).toEqual([]);
  });

  it('are none, if the stream was never swept', () => {
    expect(forgettable(undefined, 7)).toEqual([]);
    expect(forgettable({ sweptAtMs: undefined }, 7)).toEqual([]);
  });
});

it('ranges lie in each of their blocks once', () => {
  expect(
    blockIndexesOf([
      { from: 600, to: 1_100 },
      { from: 0, to: 1 },
      { from: 5, to: 5 },
    ]),
  ).toEqual([0, 2, 3, 4]);
});
