import { currentOf, type LetterScenario, type LetterState } from './letter-state.ts';
import { isHeldByStore, isPublished, mayBePublished } from './letter-claims.ts';

/** Finds the laws that a state breaks. */
export function brokenLaws(scenario: LetterScenario, state: LetterState): string[] {
  const { record, out, broken } = state;
  const found = broken === undefined ? [] : [broken];
  const pairs = out.flatMap((one, i) => out.slice(i + 1).map((other) => [one, other] as const));
  for (const [one, other] of pairs) {
    if (one.key !== other.key) continue;
    if (one.content === other.content && one.root !== other.root) found.push('counted twice');
    if (one.root === other.root && one.body !== other.body) found.push('one key, two contents');
  }
  if (record?.state === 'done' && !isPublished(scenario, state, record)) found.push('done, but not published');
  if (record?.state === 'discarded' && out.some(({ root, n }) => root === 'r' && n > 0))
    found.push('published though discarded');
  return isAtRest(scenario, state) ? [...found, ...brokenAtRest(scenario, state)] : found;
}

/** Whether nothing is on its way, and the tick has nothing to do. */
function isAtRest(scenario: LetterScenario, state: LetterState): boolean {
  const { record, flying, senders } = state;
  if (flying.length > 0 || senders.length > 0 || record?.state === 'sending') return false;
  // Not marked as published, but published: only the end of retention says more.
  return !(record?.state === 'sent' && isPublished(scenario, state, record) && mayBeConfirmed(scenario, state));
}

function mayBeConfirmed(scenario: LetterScenario, state: LetterState): boolean {
  return mayBePublished(state) || (!!state.record && isHeldByStore(scenario, state, currentOf(state.record)));
}

function brokenAtRest({ first, mayBeOvertaken }: LetterScenario, { record, out }: LetterState): string[] {
  if (!record)
    return mayBeOvertaken || out.some(({ root, content }) => root === 'r' || content === first) ? [] : ['lost'];
  if (record.state === 'sent') return mayBeOvertaken ? [] : ['sent, and nothing under way'];
  return record.state === 'open' && record.failed.n < record.n ? ['reopened by an earlier replay'] : [];
}
