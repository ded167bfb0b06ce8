import type { Catalog } from '../catalog-definition.ts';
import type { ReconciliationStore } from '../ports.ts';
import { floorOf, type Reconciliation } from '../reconciliation/reconciliation.ts';
import type { StreamList } from '../reconciliation/list-settings.ts';
import { runLimited } from '../run-limited.ts';
import { formatAmount, formatCount, formatDistance, rfc3339 } from './format.ts';

/** How far a stream was compared with the list of a system of record. Times are RFC 3339. */
export interface ReconciliationView {
  readonly stream: string;
  /** The name of the list: that of the system, with the connected account if there is one. */
  readonly list: string;
  /** Absent before the first comparison. */
  readonly comparedUpTo?: string | undefined;
  /** When the last comparison that was finished ended. */
  readonly lastAt?: string | undefined;
  /** The number of items in it, and of those that no message had brought. */
  readonly lastItems?: number | undefined;
  readonly lastMissing?: number | undefined;
  /** The number of events that no message had brought, in all comparisons. */
  readonly missing: number;
  /** The number of items without a readable key or time, in all comparisons. */
  readonly unreadable: number;
  /** The last time that could not be compared any more. */
  readonly lost?: { readonly from: string; readonly to: string } | undefined;
  /** Why the last run could not go on, and since when that is so. */
  readonly trouble?: { readonly what: string; readonly since: string } | undefined;
  /** When the next events are lost if the trouble lasts. Only while there is trouble. */
  readonly losesFrom?: string | undefined;
}

interface ReconciliationDeps {
  readonly reconciliations: Pick<ReconciliationStore, 'find'>;
  readonly catalog: Pick<Catalog, 'stream' | 'lists'>;
  readonly clock: { now(): number };
}

/** The number of states that are read at a time. */
const statesAtOnce = 20;

/** Loads the comparisons that the catalog names. @param only Those of one stream. */
export async function loadReconciliations(
  { reconciliations, catalog, clock }: ReconciliationDeps,
  only?: string,
): Promise<readonly ReconciliationView[]> {
  const lists = catalog.lists.filter(({ stream }) => only === undefined || stream === only);
  const views: ReconciliationView[] = [];
  await runLimited(lists, statesAtOnce, async (list, i) => {
    const stored = await reconciliations.find(list.stream, list.name);
    views[i] = reconciliationView(list, stored?.value, clock.now(), catalog.stream(list.stream).windowMs);
  });
  return views;
}

export function reconciliationView(
  list: StreamList,
  state: Reconciliation | undefined,
  nowMs: number,
  windowMs: number,
): ReconciliationView {
  const { stream, name } = list;
  if (!state) return { stream, list: name, missing: 0, unreadable: 0 };
  const { last, lost, trouble, checkpointMs, missing, unreadable } = state;
  const forgottenAfterMs = nowMs - floorOf(list, { nowMs, windowMs });
  return {
    stream,
    list: name,
    comparedUpTo: last && rfc3339(checkpointMs),
    lastAt: last && rfc3339(last.atMs),
    lastItems: last?.items,
    lastMissing: last?.missing,
    missing,
    unreadable,
    lost: lost && { from: rfc3339(lost.fromMs), to: rfc3339(lost.toMs) },
    trouble: trouble && { what: trouble.what, since: rfc3339(trouble.sinceMs) },
    losesFrom: trouble && Number.isFinite(forgottenAfterMs) ? rfc3339(checkpointMs + forgottenAfterMs) : undefined,
  };
}

/** Describes a comparison in sentences: when it was made, what was missing, and what could not be compared. */
export function describeReconciliation(view: ReconciliationView, nowMs: number): string {
  const { list, comparedUpTo, lastAt, lastItems = 0, lastMissing = 0, missing, unreadable, lost, trouble } = view;
  const since = trouble && formatDistance(Date.parse(trouble.since), nowMs);
  const loses = view.losesFrom === undefined ? '' : `; from ${view.losesFrom} on, events are lost`;
  return [
    comparedUpTo === undefined || lastAt === undefined
      ? `not yet compared with ${list}`
      : `compared with ${list} up to ${comparedUpTo}, ${formatDistance(Date.parse(lastAt), nowMs)}: ${formatAmount(lastMissing)} of ${formatCount(lastItems, 'item')} missing`,
    ...(missing > 0 ? [`${formatCount(missing, 'event')} recovered so far`] : []),
    ...(unreadable > 0 ? [`${formatCount(unreadable, 'item')} without a readable key or time, not compared`] : []),
    ...(lost ? [`${lost.from} to ${lost.to} could not be compared any more`] : []),
    ...(trouble ? [`no comparison since ${String(since)} (${trouble.what})${loses}`] : []),
  ].join('. ');
}
