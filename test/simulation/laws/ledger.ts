import type { StreamSettings } from '../../../shared/stream-settings.ts';
import type { Gap } from '../../../shared/gaps/gap.ts';
import { mostSkewMs } from '../fleet.ts';
import type { SentMessage } from '../sent-message.ts';
import { expectedIdsOf, type ExpectedIds } from './expected-ids-of.ts';
import { idsSeen, type IdSeen } from './ids-seen.ts';
import { isLongRow, naiveFronts } from './naive-fronts.ts';
import { replayedId, type Observations } from './observations.ts';
import type { Law } from './law.ts';

/** The maximum time from the start of a sweep to a write of it, in milliseconds. */
const maxSweepMs = 120_000;

/**
 * Each expected id that is missing inside a front is in a row of the ledger. The front is what the held ids form. An id
 * that came is in no row, unless it came after the sweep. Rows that are too long say nothing of single ids.
 */
export const ledgerIsComplete: Law = function* (observations) {
  for (const stream of observations.streams.filter((name) => !observations.isForgotten(name))) {
    const settings = observations.settings(stream);
    const expected = expectedIdsOf(observations, stream);
    const ids = idsSeen(observations, stream);
    const rows = observations.rowsOf(stream);
    const short = rows.filter((row) => !isLongRow(row, settings));
    for (const [i, row] of short.entries()) {
      const next = short[i + 1];
      if (next && next.from <= row.to)
        yield `the ledger of ${stream} has ${row.from}–${row.to}, and ${next.from}–${next.to}`;
    }
    yield* seenIsHeld(observations, stream, ids);
    yield* missingIsListed(observations, stream, expected);
    for (const row of short) yield* rowIsTrue(observations, row, ids, expected);
  }
};

/** An id that was seen has an entry in a block. */
function* seenIsHeld(observations: Observations, stream: string, ids: ReadonlyMap<number, IdSeen>): Iterable<string> {
  if (observations.journal.slept) return;
  const held = observations.heldIn(stream);
  for (const [id, { isSeen, isVoided }] of ids)
    if ((isSeen || isVoided) && !held.has(id)) yield `${stream}/${id} was seen, but no block holds it`;
}

function* missingIsListed(observations: Observations, stream: string, expected: ExpectedIds): Iterable<string> {
  const settings = observations.settings(stream);
  const { slept } = observations.journal;
  const held = slept ? observations.heldBeforeSleep(stream) : observations.heldIn(stream);
  // Ids that a sweep has forgotten are in a row of any length.
  const rows = observations.rowsOf(stream).filter((row) => slept !== undefined || !isLongRow(row, settings));
  const came = slept ? idsSeen(observations, stream) : held;
  for (const { from, to } of naiveFronts(held, settings).fronts)
    for (const id of expected.within({ from, to }))
      if (!came.has(id) && !rows.some((row) => row.from <= id && id <= row.to))
        yield `${stream}/${id} is missing inside ${from}–${to}, and not in the ledger`;
}

function* rowIsTrue(
  observations: Observations,
  row: Gap,
  ids: ReadonlyMap<number, IdSeen>,
  expected: ExpectedIds,
): Iterable<string> {
  const { stream, from, to, state, foundAtMs } = row;
  const name = `the row ${stream}/${from}–${to} (${state})`;
  if (isForgotten(observations, row)) return;
  const settings = observations.settings(stream);
  const mayBeShared = settings.doubt.near < 1 || row.assumed === true;
  if (foundAtMs < surroundedSinceMs(observations, row) + settings.graceMs - 2 * mostSkewMs)
    yield `${name} was filed within its grace`;
  const { fronts } = naiveFronts(observations.heldIn(stream), settings);
  if (!observations.journal.slept && !fronts.some((front) => front.from < from && to < front.to))
    yield `${name} is in no front`;
  const ways = new Set<string>();
  let isAnyUncertain = wasLeftOpen(observations, row);
  for (let id = from; id <= to; id++) {
    const seen = ids.get(id);
    const isInQuestion = id === from || id === to || (!mayBeShared && expected.has(id));
    if (
      isInQuestion &&
      seen &&
      !mayBeForgotten(observations, row, seen) &&
      seen.visibleAtMs < foundAtMs - 2 * mostSkewMs
    )
      yield `${name} holds ${id}, whose event had come`;
    isAnyUncertain ||=
      seen !== undefined &&
      (isUncertain(seen) || mayBeForgotten(observations, row, seen) || cameWhileAssumed(row, seen));
    const way = wayOf(seen);
    // An id off the step is not missing, and a void says nothing new about it.
    const isTold = way !== 'missing' && way !== 'voided';
    if (isTold || expected.has(id)) ways.add(way);
  }
  const right = stateOf(ways, row, settings);
  if (!isAnyUncertain && !right.includes(state)) yield `${name} should be ${right.join(' or ')}`;
}

/**
 * Whether more than one state of the ledger is right for an id. If a void and a failure come, the first one counts. An accepted
 * inference counts as published, even if its original is refused before the publish. An original whose uuid belongs to another id
 * is refused after the ledger was updated.
 */
function isUncertain({
  isPerhapsSeen,
  isVoided,
  isFailed,
  isInferenceTracked,
  isInferred,
  isWithdrawn,
}: IdSeen): boolean {
  return isPerhapsSeen || (isVoided && isFailed) || (isInferenceTracked && (!isInferred || isWithdrawn));
}

/** Finds the time at which ids above and below a row had been sent, in milliseconds since 1970. */
function surroundedSinceMs({ journal }: Observations, { stream, from, to }: Gap): number {
  const sinceMs = (isBeyond: (ids: { readonly lowest: number; readonly highest: number }) => boolean): number => {
    const sent = journal.sent.find((one) => one.sent.stream === stream && isBeyond(idsOfMessage(one.sent)));
    const replayed = journal.replays.find((one) => {
      const id = replayedId(one) ?? Number.NaN;
      return one.stream === stream && isBeyond({ lowest: id, highest: id });
    });
    return Math.min(sent?.atMs ?? Number.POSITIVE_INFINITY, replayed?.atMs ?? Number.POSITIVE_INFINITY);
  };
  return Math.max(
    sinceMs(({ highest }) => highest > to),
    sinceMs(({ lowest }) => lowest < from),
  );
}

function idsOfMessage({ what }: SentMessage): { readonly lowest: number; readonly highest: number } {
  if (what.kind === 'void') return { lowest: what.from, highest: what.to };
  return { lowest: what.id ?? Number.NaN, highest: what.id ?? Number.NaN };
}

/** Whether a row was found before the scheduler stopped. Its events may be forgotten before a sweep records them. */
function wasLeftOpen({ journal: { slept } }: Observations, row: Gap): boolean {
  return slept !== undefined && row.foundAtMs < slept.atMs;
}

/**
 * Whether an id came while a sweep filed it as one that is assumed not to exist. Such a row is resolved from the start, so
 * nothing counts it again.
 */
function cameWhileAssumed({ assumed, foundAtMs }: Gap, { visibleAtMs, isFailed }: IdSeen): boolean {
  return assumed === true && (isFailed || visibleAtMs < foundAtMs + maxSweepMs);
}

/**
 * Whether an id came before the scheduler stopped, and a row was found afterwards. Its block may have been deleted. When a
 * failure or a void came is not visible.
 */
function mayBeForgotten({ journal: { slept } }: Observations, row: Gap, seen: IdSeen): boolean {
  if (slept === undefined || row.foundAtMs < slept.atMs) return false;
  return seen.isFailed || seen.isVoided || seen.visibleAtMs < slept.atMs;
}

function wayOf(seen: IdSeen | undefined): string {
  if (!seen) return 'missing';
  if (seen.isCleaned) return seen.isInferred || seen.isSuperseding ? 'superseded' : 'filled';
  if (seen.isInferred) return 'reconstructed';
  if (seen.isSeen) return 'filled';
  return seen.isVoided ? 'voided' : 'missing';
}

function stateOf(ways: ReadonlySet<string>, { assumed, why }: Gap, { recover }: StreamSettings): readonly string[] {
  if (ways.has('missing')) {
    if (assumed) return ['voided'];
    return recover || why !== undefined ? ['abandoned'] : ['open'];
  }
  const worst = ['reconstructed', 'superseded', 'voided', 'filled'].find((way) => ways.has(way));
  return [worst ?? 'filled'];
}

/** Whether sweep gave up a row because the scheduler had stopped for too long. Events of its ids may have come. */
export function isForgotten({ journal: { slept } }: Observations, row: Gap): boolean {
  if (slept === undefined || row.foundAtMs < slept.atMs) return false;
  return row.why?.startsWith('not swept') === true;
}
