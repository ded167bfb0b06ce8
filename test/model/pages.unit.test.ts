import { applyClaims } from '../../shared/tracking/apply-claims.ts';
import { emptyBlock, type Block, type Cell } from '../../shared/tracking/block.ts';
import type { Claim, Verdict } from '../../shared/tracking/claim.ts';
import { decide } from '../../shared/tracking/rules.ts';
import { aModelMessage, aScenario } from './scenarios.ts';
import { search, type Tracking } from './search.ts';

/** The id of the model, and where the search keeps the cell of that id on each page. */
const id = 7;
const firstPage = 100;

type ApplyOn = typeof applyClaims;

/** Tracking in which a block is full with one further entry. A page has room for everything. */
function pagedTracking(apply: ApplyOn): Tracking {
  return (block, claims) => {
    const cells = [...block.cells];
    const claimAt = (at: number, claim: Claim, page: string, room: number) => {
      const applied = apply(blockOfCell(cells[at]!), [claim], page, room);
      cells[at] = applied.block.cells[id]!;
      return applied.verdicts[0]!;
    };
    const verdicts = claims.map((claim): Verdict => {
      const verdict = claimAt(id, claim, '', 1);
      if (verdict.act !== 'go-on') return verdict;
      const { digit, inferenceBefore } = verdict;
      return claimAt(firstPage + Number.parseInt(digit, 16), { ...claim, inferenceBefore }, digit, Infinity) as Verdict;
    });
    return { block: { ...block, cells }, verdicts };
  };
}

function blockOfCell(cell: Cell): Block {
  const block = emptyBlock(0);
  return { ...block, cells: block.cells.with(id, cell) };
}

/** A faulty variant: an operator's edit stays in the full block. */
const editsStay: ApplyOn = (block, claims, page, room) => {
  const applied = applyClaims(block, claims, page, room);
  const [claim] = claims;
  const own = block.cells[id]?.find(({ root }) => root === claim?.root);
  if (!claim || !own || applied.verdicts[0]?.act !== 'go-on') return applied;
  const step = decide(block.cells[id]!, claim);
  return { block: blockOfCell(step.cell), verdicts: [step.verdict] };
};

/** A faulty variant: an edit goes on, and its entry in the full block stays as it is. */
const entryStays: ApplyOn = (block, claims, page, room) => {
  const applied = applyClaims(block, claims, page, room);
  return applied.verdicts[0]?.act === 'go-on' ? { ...applied, block } : applied;
};

const event = (n: number, key: string) => aModelMessage(n, { key, hash: key });
const invalid = { isValid: false };
const calm = { crashes: 1, giveUps: 0, replays: 0 };
const editOfFirst = { ...event(4, 'k3'), root: 'events/1', origin: 'replayed', replay: 1 } as const;
const editOfAnswered = { ...editOfFirst, key: 'k4', hash: 'k4' };
const refused = { ...calm, crashes: 0, answers: ['refused'] } as const;

const scenarios = {
  copies: aScenario(
    'four events of one id, and a copy on a page',
    [event(1, 'k1'), event(2, 'k2'), event(3, 'k3'), event(4, 'k3')],
    calm,
  ),
  suspects: aScenario(
    'an event on a page that must be checked, and its copy',
    [event(1, 'k1'), event(2, 'k2'), { ...event(3, 'k3'), ...invalid }, event(4, 'k3')],
    { ...calm, crashes: 0 },
  ),
  refusals: aScenario(
    'an event on a page that is refused',
    [event(1, 'k1'), event(2, 'k2'), { ...event(3, 'k3'), ...invalid }],
    { ...calm, answers: ['refused'] },
  ),
  edits: aScenario(
    'an edit to a key that is on a page',
    [{ ...event(1, 'k1'), ...invalid }, event(2, 'k2'), event(3, 'k3'), editOfFirst],
    refused,
  ),
  answered: aScenario(
    'an edit to a key that no entry has, of an event that is with verify',
    [{ ...event(1, 'k1'), ...invalid }, event(2, 'k2'), editOfAnswered],
    { ...calm, crashes: 0, answers: ['corrected'] },
  ),
};

describe('a full block that leads on to pages', () => {
  test.each(Object.values(scenarios))('keeps the invariants with $title', (scenario) => {
    expect(search(scenario, pagedTracking(applyClaims)).violations).toEqual(new Map());
  });

  test.each([
    ['an edit stays in the full block', editsStay, scenarios.edits, 'counted twice: k3/r0, of events/1 and events/3'],
    ['the entry of an edit stays open', entryStays, scenarios.answered, 'counted twice: events/1, as k1/r0 and k4/r0'],
  ] as const)('breaks an invariant if %s', (_, apply, scenario, violation) => {
    expect([...search(scenario, pagedTracking(apply)).violations.keys()]).toContain(violation);
  });
});
