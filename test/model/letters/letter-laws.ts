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
  if (record?.standing.state === 'done' && !isPublished(scenario, state, record)) found.push('done, but not published');
  if (record?.standing.state === 'discarded' && out.some(({ root, n }) => root === 'r' && n > 0))
    found.push('published though discarded');
  return isAtRest(scenario, state) ? [...found, ...brokenAtRest(scenario, state)] : found;
}

/** Whether nothing is on its way, and the tick has nothing to do. */
function isAtRest(scenario: LetterScenario, state: LetterState): boolean {
  const { record, flying, senders } = state;
  if (flying.length > 0 || senders.length > 0 || record?.standing.state === 'sending') return false;
  // Not marked as published, but published: only the end of retention says more.
  return !(
    record?.standing.state === 'sent' &&
    isPublished(scenario, state, record) &&
    mayBeConfirmed(scenario, state)
  );
}

function mayBeConfirmed(scenario: LetterScenario, state: LetterState): boolean {
  return mayBePublished(state) || (!!state.record && isHeldByStore(scenario, state, currentOf(state.record)));
}

function brokenAtRest(scenario: LetterScenario, state: LetterState): string[] {
  const { first, mayBeOvertaken, expires, answers } = scenario;
  const { record, out } = state;
  if (!record) {
    const isKnown = out.some(({ root, content }) => root === 'r' || content === first);
    return mayBeOvertaken || expires || isKnown ? [] : ['lost'];
  }
  const { standing, replay } = record;
  if (standing.state === 'sent') return mayBeOvertaken ? [] : ['sent, and nothing under way'];
  if (standing.state !== 'open') return [];
  if (record.failedReplay < replay) return ['reopened by an earlier replay'];
  // Where verify contradicts itself, a published event may stay open. Whoever replays or discards it is told.
  const isHeld = standing.lastReplay !== undefined && isHeldByStore(scenario, state, currentOf(record));
  const isFalse = isHeld && answers.length === 1 && record.failure.code !== 'ERR_DELIVERY';
  return isFalse ? ['open, though the store holds it'] : [];
}
