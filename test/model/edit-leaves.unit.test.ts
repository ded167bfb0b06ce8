import { digest } from '../../shared/digest.ts';
import { applyClaims } from '../../shared/tracking/apply-claims.ts';
import { emptyBlock } from '../../shared/tracking/block.ts';
import type { Claim, Verdict } from '../../shared/tracking/claim.ts';
import { aModelMessage, aScenario } from './scenarios.ts';
import { search, type Tracking } from './search.ts';

/*
 * An operator edits a message so that it has another id, stream or timestamp. Its letter and the earlier messages of its
 * root are about the place before the edit. All messages under the key of the edit are about the new place.
 */

/** The id of the model, and where the search keeps the cell of the new place. */
const id = 7;
const newPlace = 100;
const newKey = digest('k9');

/** @param leaves Whether the edit leaves its place before it is claimed at the new one. */
function movedTracking(leaves: boolean): Tracking {
  return (block, claims) => {
    const cells = [...block.cells];
    const claimAt = (at: number, claim: Claim): Verdict => {
      const empty = emptyBlock(0);
      const applied = applyClaims({ ...empty, cells: empty.cells.with(id, cells[at]!) }, [claim]);
      cells[at] = applied.block.cells[id]!;
      return applied.verdicts[0]! as Verdict;
    };
    const verdicts = claims.map((claim) => {
      if (claim.key !== newKey) return claimAt(id, claim);
      if (claim.origin === 'replayed' && leaves) {
        const left = claimAt(id, { ...claim, isLeaving: true });
        if (left.act !== 'close') return left;
      }
      return claimAt(newPlace, claim);
    });
    return { block: { ...block, cells }, verdicts };
  };
}

const event = (n: number, key: string) => aModelMessage(n, { key, hash: key });
const invalid = { isValid: false };
const edit = { ...event(4, 'k9'), root: 'events/1', origin: 'replayed', replay: 1 } as const;
const secondEdit = { ...edit, name: 'm5', hash: 'k9 again', replay: 2 } as const;
const calm = {
  isUnnumbered: true,
  crashes: 1,
  giveUps: 0,
  replays: 0,
  redeliveries: 1,
  answers: ['corrected'],
} as const;

const scenarios = {
  suspect: aScenario('of an event that is with verify', [{ ...event(1, 'k1'), ...invalid }, edit], calm),
  refused: aScenario('of an event that verify refuses', [{ ...event(1, 'k1'), ...invalid }, edit], {
    ...calm,
    answers: ['refused'],
  }),
  checked: aScenario(
    'that must be checked itself',
    [
      { ...event(1, 'k1'), ...invalid },
      { ...edit, ...invalid },
    ],
    {
      ...calm,
      crashes: 0,
    },
  ),
  clean: aScenario('of an event that was accepted', [event(1, 'k1'), edit], calm),
  twice: aScenario('that is edited again', [{ ...event(1, 'k1'), ...invalid }, edit, secondEdit], {
    ...calm,
    crashes: 0,
    redeliveries: 0,
  }),
  stranger: aScenario('to the key of another event', [{ ...event(1, 'k1'), ...invalid }, event(2, 'k9'), edit], calm),
};

/** Whether a message of the first root is counted under both keys. */
const countedTwice = 'counted twice: events/1, as k1/r0 and k9/r0';

describe('an edit that leaves its place', () => {
  test.each(Object.values(scenarios))('is counted once: $title', (scenario) => {
    expect([...search(scenario, movedTracking(true)).violations.keys()]).not.toContain(countedTwice);
  });

  test.each([scenarios.suspect, scenarios.checked, scenarios.clean])(
    'would be counted twice if its entry stayed open: $title',
    (scenario) => {
      expect([...search(scenario, movedTracking(false)).violations.keys()]).toContain(countedTwice);
    },
  );
});
