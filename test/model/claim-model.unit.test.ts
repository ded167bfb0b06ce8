import { cellIndex, type Cell } from '../../shared/tracking/block.ts';
import type { Claim, Verdict } from '../../shared/tracking/claim.ts';
import type { Entry } from '../../shared/tracking/entry.ts';
import type { Decision } from '../../shared/tracking/decision.ts';
import { decide } from '../../shared/tracking/rules.ts';
import type { ModelClean, Output, ModelScenario } from './messages.ts';
import { scenarios } from './scenarios.ts';
import { search, type Tracking } from './search.ts';

type Decide = typeof decide;

/** Faulty rules, the scenario that shows the fault, and the violation that the search must find. */
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

/** Makes a tracking that decides by the given rules. */
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

/** The real rules, applied to a changed claim. */
function seeing(other: (claim: Claim, own: Entry | undefined) => Partial<Claim>): Decide {
  return (cell, claim) => decide(cell, { ...claim, ...other(claim, ownOf(cell, claim)) });
}

/** The real rules with a changed verdict. */
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
const published: Verdict = {
  act: 'publish',
  supersedes: false,
  replacement: 0,
  isFormer: false,
  isRevision: false,
  page: '',
};
const isUnpublished = (own: Entry | undefined): boolean => own?.state === 'clean' && !own.published;

const faults: readonly Fault[] = [
  {
    fault: 'a message does not find its own entry',
    decide: withoutRoots,
    scenario: named('two copies'),
    violation: 'clean, but called DUPLICATE',
  },
  {
    fault: 'a message that is redelivered before its mark is written is a duplicate',
    decide: saying((verdict, own) => (isUnpublished(own) ? { act: 'duplicate' } : verdict)),
    scenario: named('two copies'),
    violation: 'lost: k1',
  },
  {
    fault: 'a message that is redelivered before its mark is written is dropped',
    decide: saying((verdict, own) => (isUnpublished(own) ? dropped : verdict)),
    scenario: named('one message that validate publishes twice'),
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
    fault: 'an event is not checked, though the catalog wants each one checked',
    decide: seeing(() => ({ toBeChecked: false })),
    scenario: { ...named('two copies, always checked'), ...withoutMishap },
    violation: 'unchecked on the clean topic',
  },
  {
    fault: 'the mark of a possible duplicate is ignored',
    decide: seeing(() => ({ possibleDuplicate: false })),
    scenario: named('an event and its resend'),
    violation: 'a letter about a possible duplicate',
  },
  {
    fault: 'a message that is marked as a possible duplicate counts as one, whatever its content',
    decide: (cell, claim) =>
      decide(cell, claim.possibleDuplicate && cell[0] ? { ...claim, hash: cell[0].hash } : claim),
    scenario: named('an event and a resend that differs'),
    violation: 'gone without a letter: events/2',
  },
  {
    fault: 'a replacement does not supersede the content that it replaces',
    decide: saying((verdict) => (verdict.act === 'publish' ? { ...verdict, supersedes: false } : verdict)),
    scenario: named('a replaced event'),
    violation: 'nothing supersedes k1/r0',
  },
  {
    fault: 'a replacement is published without its number',
    decide: saying((verdict) => (verdict.act === 'publish' ? { ...verdict, replacement: 0 } : verdict)),
    scenario: named('a replaced event'),
    violation: 'counted twice: k1/r0, of events/1 and events/2',
  },
  {
    fault: 'a producer’s other content replaces an event without an operator’s order',
    decide: seeing(({ origin }) => (origin === 'producer' ? { origin: 'replayed', replace: true } : {})),
    scenario: named('a replaced event'),
    violation: 'superseded without an order',
  },
  {
    fault: 'an operator’s edit keeps the key and the hash of the content before it',
    decide: seeing((_claim, own) => (own && own.state !== 'closed' ? { key: own.key, hash: own.hash } : {})),
    scenario: named('an edited failure'),
    violation: 'counted twice: events/1, as edited/r0 and k1/r0',
  },
];

function cleanOf(outputs: readonly Output[]): ModelClean[] {
  return outputs.filter((output) => output.on === 'clean');
}

describe('the claim rules', () => {
  const small = scenarios.filter(({ size }) => size === 'small');

  test.each(small)('keep the invariants with $title', (scenario) => {
    const found = search(scenario);
    expect(found.violations).toEqual(new Map());
    expect(found.states).toBe(scenario.specifiedStates ?? found.states);
  });

  test.each(faults)('break an invariant if $fault', ({ decide: faulty, scenario, violation }) => {
    expect([...search(scenario, trackingBy(faulty)).violations.keys()]).toContain(violation);
  });
});

describe('the search of the claim rules', () => {
  const endingsOf = (title: string) => search({ ...named(title), ...withoutMishap }).endings;

  test('reaches a resend that is dropped without a letter', () => {
    expect(endingsOf('an event and its resend')).toContainEqual([expect.objectContaining({ on: 'clean', key: 'k1' })]);
  });

  test('reaches a replacement that is published under the number 1', () => {
    const replacement = { root: 'events/2', key: 'k1', hash: 'b', supersedes: true, replacement: 1 };
    expect(cleanOf(endingsOf('a replaced event').flat())).toContainEqual(expect.objectContaining(replacement));
  });

  test('reaches a second replacement that is published under the number 2', () => {
    const replacement = { root: 'events/3', key: 'k1', hash: 'c', supersedes: true, replacement: 2 };
    expect(cleanOf(endingsOf('an event replaced twice').flat())).toContainEqual(expect.objectContaining(replacement));
  });

  test('reaches a replacement that verify corrected before', () => {
    const replacement = { root: 'events/2', origin: 'corrected', hash: 'b', supersedes: true, replacement: 1 };
    expect(cleanOf(endingsOf('an event replaced by one that must be checked').flat())).toContainEqual(
      expect.objectContaining(replacement),
    );
  });

  test('reaches an edited letter that is published under the root of its message', () => {
    const edit = { root: 'events/1', key: 'edited', hash: 'edited', origin: 'replayed', supersedes: false };
    expect(cleanOf(endingsOf('an edited refusal').flat())).toContainEqual(expect.objectContaining(edit));
  });

  test('reports the shortest trace to a violation', () => {
    const faulty = trackingBy(saying((verdict) => (verdict.act === 'conflict' ? dropped : verdict)));
    const scenario = { ...named('two contents and another event'), ...withoutMishap };
    expect(search(scenario, faulty).violations.get('gone without a letter: events/2')).toEqual([
      'm1 of events/1, producer event, is tracked: {"act":"publish","supersedes":false,"replacement":0,"isFormer":false,"isRevision":false,"page":""}',
      'm2 of events/2, producer event, is tracked: {"act":"drop","why":"already-accounted-for"}',
      'm3 of events/3, producer event, is tracked: {"act":"publish","supersedes":false,"replacement":0,"isFormer":false,"isRevision":true,"page":""}',
    ]);
  });
});
