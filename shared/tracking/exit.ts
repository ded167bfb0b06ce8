import type { Failure } from '../failure.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import type { Counter } from '../ports.ts';
import type { StreamSettings } from '../stream-settings.ts';
import type { Verdict } from './claim.ts';

/** Where an event goes after its verdict, and what is counted at once. */
export type Exit = { readonly counts: readonly Counter[] } & (
  | { readonly to: 'cleaned-events'; readonly verdict: Verdict & { act: 'publish' } }
  | { readonly to: 'suspect-events' }
  | { readonly to: 'dead-letter-queue'; readonly failure: Failure }
  /** It ends here. */
  | { readonly to: 'nowhere' }
);

/** Decides where an event goes after its verdict. */
export function exitOf(
  routing: Pick<RoutingAttributes, 'kind' | 'failure' | 'isRecheck'>,
  verdict: Verdict,
  settings: Pick<StreamSettings, 'duplicates'>,
): Exit {
  switch (verdict.act) {
    case 'publish':
      return { to: 'cleaned-events', verdict, counts: [] };
    case 'verify':
      return { to: 'suspect-events', counts: ['suspect'] };
    case 'dead-letter':
      return { to: 'dead-letter-queue', failure: rejection(routing, verdict.inferenceStands), counts: [] };
    case 'duplicate':
      return exitOfDuplicate(settings);
    case 'conflict':
      return {
        to: 'dead-letter-queue',
        failure: { code: 'ERR_CONFLICT', stage: 'track', detail: verdict.why },
        counts: [],
      };
    case 'close':
      return { to: 'nowhere', counts: ['applied'] };
    case 'drop':
      return { to: 'nowhere', counts: countsOfDrop(routing, verdict.why) };
  }
}

/** Decides where a duplicate goes. @param detail Why it is one. */
export function exitOfDuplicate(
  { duplicates }: Pick<StreamSettings, 'duplicates'>,
  detail = 'same key and content',
): Exit {
  if (duplicates === 'count') return { to: 'nowhere', counts: ['duplicate', 'dropped'] };
  return {
    to: 'dead-letter-queue',
    failure: { code: 'ERR_DUPLICATE', stage: 'track', detail },
    counts: ['duplicate'],
  };
}

/** An inferred event that came too late is counted apart from producers' messages. */
function countsOfDrop(
  { kind }: Pick<RoutingAttributes, 'kind'>,
  why: (Verdict & { act: 'drop' })['why'],
): readonly Counter[] {
  const counter = kind === 'reconstruction' ? 'unneeded' : 'dropped';
  return why === 'overtaken-by-other' ? [counter, 'overtaken'] : [counter];
}

function rejection(
  { failure, isRecheck }: Pick<RoutingAttributes, 'failure' | 'isRecheck'>,
  inferenceStands: boolean,
): Failure {
  const given: Failure = failure ?? { code: 'ERR_INCORRECT', stage: 'track', detail: 'refused' };
  const reason = isRecheck === true ? { ...given, detail: `published, found wrong later: ${given.detail}` } : given;
  return inferenceStands ? { ...reason, detail: `${reason.detail}; the inferred event stands` } : reason;
}
