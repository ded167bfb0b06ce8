import { formatCount } from '../views/format.ts';
import type { Failure } from '../failure.ts';
import { makeLetter } from '../messages/letter.ts';
import type { Message } from '../messages/message.ts';
import { letterEntries, type GivenUpGap } from './letter-entries.ts';
import type { Gap } from './gap.ts';
import { countIds, spellRanges } from './range.ts';
import { joinRanges } from './range-set.ts';
import { spellWhy } from './spell-why.ts';

/** The maximum number of reasons in the detail. The data has the reason of each gap. */
const maxReasons = 3;

/**
 * Writes the dead letter of gaps that are given up together. Its data lists them. Its detail has each reason with the
 * missing ids.
 *
 * @param gaps Ascending, at least one. The first one names the letter.
 */
export function unrecoverableLetter(stream: string, gaps: readonly GivenUpGap[], failedAtMs: number): Message {
  const [first] = gaps;
  const { from = 0, to = from } = { from: first?.from, to: gaps.at(-1)?.to };
  const entries = letterEntries(gaps);
  const rows = entries.reduce((sum, entry) => sum + entry.rows, 0);
  const listed = entries.map((entry) => ({
    from: entry.from,
    to: entry.to,
    ...(entry.isDoubtful && { isDoubtful: true, rows: entry.rows }),
    missing: entry.missing,
    why: entry.whys.join(' / '),
  }));
  const body = { stream, from, to, gaps: listed, more: gaps.length - rows };
  const failure: Failure = { code: 'ERR_GAP_UNRECOVERABLE', stage: 'sweep', detail: spellReasons(gaps) };
  const message = { data: Buffer.from(JSON.stringify(body)), attributes: { stream } };
  return makeLetter(message, failure, {
    root: gapRoot(stream, { from, foundAtMs: first?.foundAtMs }),
    failedAtMs,
    stream,
  });
}

/** Spells the reasons: `too uncertain to be inferred: 5, 7–8; more ids than maxGap: 20–4000`. */
function spellReasons(gaps: readonly GivenUpGap[]): string {
  const byReason = new Map<string, GivenUpGap[]>();
  for (const gap of gaps) {
    const same = byReason.get(gap.why);
    if (same) same.push(gap);
    else byReason.set(gap.why, [gap]);
  }
  const spelt = [...byReason].map(([why, all]) => `${spellWhy(why)}: ${spellMissing(all)}`);
  const shown = spelt.slice(0, maxReasons);
  return spelt.length > maxReasons
    ? `${shown.join('; ')}; and ${formatCount(spelt.length - maxReasons, 'more reason')}`
    : shown.join('; ');
}

function spellMissing(gaps: readonly GivenUpGap[]): string {
  const holes = joinRanges(gaps.flatMap((gap) => gap.holes));
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  const listed = countIds(holes);
  const spelt = spellRanges(holes, Math.max(missing, listed));
  // Of a long gap only the whole range is listed.
  return missing < listed ? `${spelt} (${missing} missing)` : spelt;
}

/** The gap that names a letter of gaps: the lowest one that the letter lists. */
export interface NamingGap {
  readonly from: number;
  /** When the gap was found. Undefined for a letter of a release whose letters were named by the first id only. */
  readonly foundAtMs?: number | undefined;
}

/**
 * Returns the root of a letter of gaps. A gap that replaces an earlier one has the same first id, but was found later.
 * So each letter has a root of its own.
 */
export function gapRoot(stream: string, { from, foundAtMs }: NamingGap): string {
  return foundAtMs === undefined ? `gap/${stream}/${from}` : `gap/${stream}/${from}/${foundAtMs}`;
}

/** Returns the root of the letter that lists a gap. A row of an early release does not name it: its letter is its own. */
export function letterRootOf({ stream, from, letterFrom = from, letterFoundAtMs }: Gap): string {
  return gapRoot(stream, { from: letterFrom, foundAtMs: letterFoundAtMs });
}

/** Returns the gap that names a letter about gaps. Undefined for another root. */
export function gapOfRoot(root: string): { readonly stream: string; readonly from: number } | undefined {
  const [, stream, from] = /^gap\/([^/]+)\/(\d{1,16})(?:\/\d+)?$/.exec(root) ?? [];
  return stream === undefined ? undefined : { stream, from: Number(from) };
}

/** Whether a root is that of a letter about gaps, which has no event. */
export function isGapRoot(root: string): boolean {
  return root.startsWith('gap/');
}
