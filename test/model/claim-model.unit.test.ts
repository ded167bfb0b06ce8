import { cellIndex, type Cell } from '../../shared/tracking/block.ts';
import type { Claim, Verdict } from '../../shared/tracking/claim.ts';
import type { Entry } from '../../shared/tracking/entry.ts';
import { decide, type Decision } from '../../shared/tracking/rules.ts';
import type { ModelClean, Output, ModelScenario } from './messages.ts';
import { scenarios } from './scenarios.ts';
import { search, type Tracking } from './search.ts';

type Decide = typeof decide;

/** Rules with something wrong in them, the scenario that shows it, and the invariant that they break. */
interface Fault {
  readonly fault: string;
  readonly decide: Decide;
  readonly scenario: ModelScenario;
  readonly violation: string;
}

const withoutMishap = { crashes: 0, redeliveries: 0, giveUps: 0 };

function named(title: string): ModelScenario {
  const scenario = scenarios.find((one) => one.title === title);
  if (!scenario) throw new Error(`no scenario is called ${title}`);
  return scenario;
}

/** Tracks by other rules than the real ones. */
function trackingBy(rules: Decide): Tracking {
  return (block, claims) => {
    const cells = [...block.cells];
    const verdicts = claims.map((claim): Verdict => {
      const at = cellIndex(claim.eventId);
      const { cell, verdict } = rules(cells[at]!, claim);
      cells[at] = cell;
      return verdict;
    });
    return { block: { ...block, cells }, verdicts };
  };
}

/** The real rules, which see another claim. */
function seeing(other: (claim: Claim, own: Entry | undefined) => Partial<Claim>): Decide {
  return (cell, claim) => decide(cell, { ...claim, ...other(claim, ownOf(cell, claim)) });
}

/** The real rules, whose verdict is another. */
function saying(other: (verdict: Verdict, own: Entry | undefined) => Verdict): Decide {
  return (cell, claim) => {
    const step = decide(cell, claim);
    return { ...step, verdict: other(step.verdict, ownOf(cell, claim)) };
  };
}

function ownOf(cell: Cell, { root }: Claim): Entry | undefined {
  return cell.find((entry) => entry.root === root);
}

function withoutRoots(cell: Cell, claim: Claim): Decision {
  return decide(
    cell.map((entry) => ({ ...entry, root: '' })),
    claim,
  );
}

function inferringAnyway(cell: Cell, claim: Claim): Decision {
  if (claim.kind !== 'reconstruction' || ownOf(cell, claim)) return decide(cell, claim);
  const taken = decide([], claim);
  return { ...taken, cell: [...cell, ...taken.cell] };
}

const dropped: Verdict = { act: 'drop', why: 'already-accounted-for' };
const published: Verdict = { act: 'publish', supersedes: false, revision: 0 };
const isUnpublished = (own: Entry | undefined): boolean => own?.state === 'clean' && !own.published;

const faults: readonly Fault[] = [
  {
    fault: 'a message does not find its own entry',
    decide: withoutRoots,
    scenario: named('two copies'),
    violation: 'clean, but called DUPLICATE',
  },
  {
    fault: 'a message delivered again before its publish is noted is a duplicate',
    decide: saying((verdict, own) => (isUnpublished(own) ? { act: 'duplicate' } : verdict)),
    scenario: named('two copies'),
    violation: 'lost: k1',
  },
  {
    fault: 'a message delivered again is dropped, though its publish was not noted',
    decide: saying((verdict, own) => (isUnpublished(own) ? dropped : verdict)),
    scenario: named('one message, passed on twice by validate'),
    violation: 'lost: k1',
  },
  {
    fault: 'a conflict is dropped without a letter',
    decide: saying((verdict) => (verdict.act === 'conflict' ? dropped : verdict)),
    scenario: named('two contents and another event'),
    violation: 'gone without a letter: events/2',
  },
  {
    fault: 'an inference is published beside the original',
    decide: inferringAnyway,
    scenario: named('an inference and the original'),
    violation: 'the inference outlives its original',
  },
  {
    fault: 'the original does not supersede its inference',
    decide: saying((verdict) => (verdict.act === 'publish' ? published : verdict)),
    scenario: named('an inference and the original'),
    violation: 'the inference outlives its original',
  },
  {
    fault: 'a copy is published',
    decide: saying((verdict) => (verdict.act === 'duplicate' ? published : verdict)),
    scenario: named('two copies'),
    violation: 'counted twice: k1/r0, of events/1 and events/2',
  },
  {
    fault: 'an invalid event is not checked',
    decide: seeing(() => ({ toBeChecked: false })),
    scenario: named('a refused event that its producer calls valid'),
    violation: 'invalid on the clean topic',
  },
  {
    fault: 'an event is not checked, though each is to be',
    decide: seeing(() => ({ toBeChecked: false })),
    scenario: { ...named('two copies, always checked'), ...withoutMishap },
    violation: 'unchecked on the clean topic',
  },
  {
    fault: 'a mark of a possible duplicate is not heeded',
    decide: seeing(() => ({ possibleDuplicate: false })),
    scenario: named('an event and its resend'),
    violation: 'a letter about a possible duplicate',
  },
  {
    fault: 'a marked message is a duplicate whatever its content',
    decide: (cell, claim) =>
      decide(cell, claim.possibleDuplicate && cell[0] ? { ...claim, hash: cell[0].hash } : claim),
    scenario: named('an event and a resend that differs'),
    violation: 'gone without a letter: events/2',
  },
  {
    fault: 'a replacement does not supersede what it replaces',
    decide: saying((verdict) => (verdict.act === 'publish' ? { ...verdict, supersedes: false } : verdict)),
    scenario: named('a replaced event'),
    violation: 'nothing supersedes k1/r0',
  },
  {
    fault: 'a replacement is no revision',
    decide: saying((verdict) => (verdict.act === 'publish' ? { ...verdict, revision: 0 } : verdict)),
    scenario: named('a replaced event'),
    violation: 'counted twice: k1/r0, of events/1 and events/2',
  },
  {
    fault: 'other content replaces an event that no operator wanted replaced',
    decide: seeing(({ origin }) => (origin === 'producer' ? { origin: 'replayed', replace: true } : {})),
    scenario: named('a replaced event'),
    violation: 'superseded without an order',
  },
  {
    fault: 'what an operator has edited passes for what it was',
    decide: seeing((_claim, own) => (own && own.state !== 'closed' ? { key: own.key, hash: own.hash } : {})),
    scenario: named('an edited failure'),
    violation: 'counted twice: events/1, as edited/r0 and k1/r0',
  },
];

function cleanOf(outputs: readonly Output[]): ModelClean[] {
  return outputs.filter((output) => output.on === 'clean');
}

describe('the rules, whatever happens', () => {
  const small = scenarios.filter(({ size }) => size === 'small');

  test.each(small)('keep the invariants over $title', (scenario) => {
    const found = search(scenario);
    expect(found.violations).toEqual(new Map());
    expect(found.states).toBe(scenario.specifiedStates ?? found.states);
  });

  test.each(faults)('would be caught if $fault', ({ decide: faulty, scenario, violation }) => {
    expect([...search(scenario, trackingBy(faulty)).violations.keys()]).toContain(violation);
  });
});

describe('the search', () => {
  const endingsOf = (title: string) => search({ ...named(title), ...withoutMishap }).endings;

  test('comes upon a resend that is dropped quietly', () => {
    expect(endingsOf('an event and its resend')).toContainEqual([expect.objectContaining({ on: 'clean', key: 'k1' })]);
  });

  test('comes upon a replacement, published as revision 1', () => {
    const replacement = { root: 'events/2', key: 'k1', hash: 'b', supersedes: true, revision: 1 };
    expect(cleanOf(endingsOf('a replaced event').flat())).toContainEqual(expect.objectContaining(replacement));
  });

  test('comes upon a second replacement, published as revision 2', () => {
    const replacement = { root: 'events/3', key: 'k1', hash: 'c', supersedes: true, revision: 2 };
    expect(cleanOf(endingsOf('an event replaced twice').flat())).toContainEqual(expect.objectContaining(replacement));
  });

  test('comes upon a replacement that was checked before', () => {
    const replacement = { root: 'events/2', origin: 'corrected', hash: 'b', supersedes: true, revision: 1 };
    expect(cleanOf(endingsOf('an event replaced by one to be checked').flat())).toContainEqual(
      expect.objectContaining(replacement),
    );
  });

  test('comes upon an edited letter, published under the root of what it was', () => {
    const edit = { root: 'events/1', key: 'edited', hash: 'edited', origin: 'replayed', supersedes: false };
    expect(cleanOf(endingsOf('an edited refusal').flat())).toContainEqual(expect.objectContaining(edit));
  });

  test('tells the shortest way to a violation', () => {
    const faulty = trackingBy(saying((verdict) => (verdict.act === 'conflict' ? dropped : verdict)));
    const scenario = { ...named('two contents and another event'), ...withoutMishap };
    expect(search(scenario, faulty).violations.get('gone without a letter: events/2')).toEqual([
      'm1 of events/1, producer event, is tracked: {"act":"publish","supersedes":false,"revision":0}',
      'm2 of events/2, producer event, is tracked: {"act":"drop","why":"already-accounted-for"}',
      'm3 of events/3, producer event, is tracked: {"act":"publish","supersedes":false,"revision":0}',
    ]);
  });
});
