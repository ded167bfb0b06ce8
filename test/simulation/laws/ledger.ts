import type { StreamSettings } from '../../../shared/stream-settings.ts';
import type { Gap } from '../../../shared/gaps/gap.ts';
import { sizeOf } from '../../../shared/gaps/range.ts';
import { mostSkewMs } from '../fleet.ts';
import type { SentMessage } from '../sent-message.ts';
import { replayedId, type Observations } from './observations.ts';
import { isClaimed } from './events.ts';
import type { Law } from './law.ts';

/** The facts about one id that are visible from outside. */
interface IdSeen {
  /** Whether an event or a failure certainly reached track. `isPerhapsSeen`: whether it may have, because of a replay. */
  isSeen: boolean;
  isPerhapsSeen: boolean;
  isVoided: boolean;
  isFailed: boolean;
  isCleaned: boolean;
  isInferred: boolean;
  isSuperseding: boolean;
  /** Whether an inference reached track. It may have been dropped there. */
  isInferenceTracked: boolean;
  /** Whether its event was accepted, and then refused because another id holds its uuid. */
  isWithdrawn: boolean;
  /** The first time at which an effect of its entry was visible, in milliseconds since 1970. */
  visibleAtMs: number;
}

/** Every missing id is in exactly one row of the ledger. No other id is in a row, unless its event came after the sweep. */
export const ledgerIsComplete: Law = function* (observations) {
  for (const stream of observations.streams.filter((name) => !observations.isForgotten(name))) {
    const progress = observations.progress(stream);
    const ids = idsOf(observations, stream);
    const seen = [...ids].filter(([, id]) => id.isSeen || id.isVoided).map(([id]) => id);
    const highest = Math.max(...seen);
    if (seen.length === 0) continue;
    if (progress?.first === undefined) {
      yield `${stream} was never swept`;
      continue;
    }
    if (progress.highWater < highest || (progress.highWater > highest && !ids.get(progress.highWater)?.isPerhapsSeen))
      yield `the high water of ${stream} is ${progress.highWater}; it should be ${highest}`;
    if (progress.scanned < highest) yield `${stream} is scanned up to ${progress.scanned} of ${highest}`;
    const rows = observations.rowsOf(stream);
    for (const [i, row] of rows.entries()) {
      const next = rows[i + 1];
      if (next && next.from <= row.to)
        yield `the ledger of ${stream} has ${row.from}–${row.to}, and ${next.from}–${next.to}`;
    }
    for (let id = progress.first; id <= highest; id++) {
      const known = ids.get(id);
      if (known && (known.isSeen || known.isVoided || known.isPerhapsSeen)) continue;
      if (!rows.some((row) => row.from <= id && id <= row.to))
        yield `${stream}/${id} is missing, and not in the ledger`;
    }
    for (const row of rows) yield* rowIsTrue(observations, row, ids);
  }
};

function* rowIsTrue(observations: Observations, row: Gap, ids: ReadonlyMap<number, IdSeen>): Iterable<string> {
  const name = `the row ${row.stream}/${row.from}–${row.to} (${row.state})`;
  if (isForgotten(observations, row)) return;
  const { graceMs } = observations.settings(row.stream);
  if (row.foundAtMs < higherSinceMs(observations, row) + graceMs - 2 * mostSkewMs)
    yield `${name} was filed within its grace`;
  const ways = new Set<string>();
  let isAnyUncertain = false;
  for (let id = row.from; id <= row.to; id++) {
    const seen = ids.get(id);
    if (seen && seen.visibleAtMs < row.foundAtMs - 2 * mostSkewMs) yield `${name} holds ${id}, whose event had come`;
    isAnyUncertain ||= wasLeftOpen(observations, row) || sizeOf(row) > observations.settings(row.stream).maxGap;
    isAnyUncertain ||= seen !== undefined && isUncertain(seen);
    ways.add(wayOf(seen));
  }
  const expected = stateOf(ways, observations.settings(row.stream));
  if (!isAnyUncertain && !expected.includes(row.state)) yield `${name} should be ${expected.join(' or ')}`;
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

/** Finds the time at which an id above a row was first sent, in milliseconds since 1970. */
function higherSinceMs({ journal }: Observations, { stream, to }: Gap): number {
  const sent = journal.sent.find((one) => one.sent.stream === stream && (highestId(one.sent) ?? 0) > to);
  const replayed = journal.replays.find((one) => one.stream === stream && (replayedId(one) ?? 0) > to);
  return Math.min(sent?.atMs ?? Number.POSITIVE_INFINITY, replayed?.atMs ?? Number.POSITIVE_INFINITY);
}

function highestId({ what }: SentMessage): number | undefined {
  return what.kind === 'void' ? what.to : what.id;
}

/** Whether a row was found before the scheduler stopped. Its events may be forgotten before a sweep records them. */
function wasLeftOpen({ journal: { slept } }: Observations, row: Gap): boolean {
  return slept !== undefined && row.foundAtMs < slept.atMs;
}

function wayOf(seen: IdSeen | undefined): string {
  if (!seen) return 'missing';
  if (seen.isCleaned) return seen.isInferred || seen.isSuperseding ? 'superseded' : 'filled';
  if (seen.isInferred) return 'reconstructed';
  if (seen.isSeen) return 'filled';
  return seen.isVoided ? 'voided' : 'missing';
}

function stateOf(ways: ReadonlySet<string>, { recover }: StreamSettings): readonly string[] {
  if (ways.has('missing')) return recover ? ['abandoned'] : ['open'];
  const worst = ['reconstructed', 'superseded', 'voided', 'filled'].find((way) => ways.has(way));
  return [worst ?? 'filled'];
}

/** Whether sweep gave up a row because the scheduler had stopped for too long. Events of its ids may have come. */
export function isForgotten({ journal: { slept }, letters }: Observations, row: Gap): boolean {
  if (slept === undefined || row.foundAtMs < slept.atMs) return false;
  return letters.some(
    ({ root, stage, detail }) =>
      root === `gap/${row.stream}/${row.from}` && stage === 'sweep' && detail.startsWith('not swept'),
  );
}

/** Collects the visible facts about each id of a stream. */
function idsOf(observations: Observations, stream: string): Map<number, IdSeen> {
  const ids = new Map<number, IdSeen>();
  const at = (id: number): IdSeen => {
    const known = ids.get(id) ?? { ...nothingSeen };
    ids.set(id, known);
    return known;
  };
  for (const sent of observations.sent.filter((one) => one.stream === stream)) {
    const letters = observations.lettersAbout(sent.n);
    const isOperated = observations.isOperated(sent.n);
    const isTurnedAway =
      letters.some(({ code }) => code === 'ERR_SEQUENCE_JUMP' || code === 'ERR_STALE') &&
      (isOperated || observations.cleansBy(sent.n).length === 0);
    const { what } = sent;
    if (what.kind === 'void') {
      const isRefused = isTurnedAway || letters.some(({ code }) => code === 'ERR_INVALID_EVENT');
      for (let id = what.from; id <= what.to && !isRefused; id++) at(id).isVoided = true;
    } else if (what.id !== undefined) {
      const id = at(what.id);
      if (isTurnedAway || observations.isLate(sent)) id.isPerhapsSeen ||= isOperated || observations.isLate(sent);
      else id.isSeen = true;
      id.isFailed ||= what.kind === 'malformed';
    }
  }
  for (const replay of observations.journal.replays) {
    const id = replayedId(replay);
    if (replay.stream === stream && id !== undefined) at(id).isPerhapsSeen = true;
  }
  for (const clean of observations.cleans.filter((one) => one.stream === stream)) {
    const id = at(clean.id);
    id.visibleAtMs = Math.min(id.visibleAtMs, clean.atMs);
    if (clean.origin === 'reconstructed') id.isInferred = true;
    else id.isCleaned = true;
    id.isSuperseding ||= clean.supersedes === `${stream}/${clean.id}/inferred`;
  }
  for (const { n, from, ...delivery } of observations.journal.deliveries) {
    if (n === undefined && delivery.stream === stream) at(from).isInferenceTracked = true;
  }
  for (const letter of observations.letters) {
    if (
      letter.stream !== stream ||
      letter.id === undefined ||
      !isClaimed(letter) ||
      letter.code === 'ERR_INVALID_EVENT'
    )
      continue;
    const sent = observations.sentBy(letter.n);
    if (letter.detail.startsWith('uuid')) at(letter.id).isWithdrawn = true;
    if (sent?.what.kind === 'event') at(letter.id).visibleAtMs = Math.min(at(letter.id).visibleAtMs, letter.atMs);
  }
  return ids;
}

const nothingSeen: IdSeen = {
  isSeen: false,
  isPerhapsSeen: false,
  isVoided: false,
  isFailed: false,
  isCleaned: false,
  isInferred: false,
  isSuperseding: false,
  isInferenceTracked: false,
  isWithdrawn: false,
  visibleAtMs: Number.POSITIVE_INFINITY,
};
