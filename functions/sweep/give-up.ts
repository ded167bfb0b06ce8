import { givenUp, type Gap, type Reason } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import { doubtIntervalMs, isLetterDue, letterIntervalMs } from '../../shared/gaps/letter-times.ts';
import { unrecoverableLetter } from '../../shared/gaps/unrecoverable.ts';
import type { Versioned } from '../../shared/ports.ts';
import { runLimited } from '../../shared/run-limited.ts';
import type { TickDeps } from './deps.ts';

/** A gap to give up, and why. */
export interface GapToGiveUp {
  /** The row as it is stored. */
  readonly row: Versioned<Gap>;
  /** The gap to record: the row with the answers that have come. */
  readonly gap: Gap;
  readonly coverage: Pick<RangeCoverage, 'missing' | 'holes'>;
  readonly reason: Reason;
}

/** When letters reported gaps. */
export interface TellTimes {
  readonly gaveUpAtMs: number | undefined;
  readonly doubtToldAtMs: number | undefined;
}

/** Records when letters reported gaps. @returns Whether no other sweep wrote in between. */
export type RecordTimes = (told: TellTimes) => Promise<boolean>;

/** The number of rows that are saved at a time. */
const savesAtOnce = 50;

/**
 * Gives up gaps. One letter reports all of them. If the last letter was less than ten minutes ago, they wait. Doubtful
 * gaps are reported once a day. In between they are given up without a letter, because there can be very many.
 *
 * The time of the letter is recorded before it is published. So there are not more letters if sweeps crash or overlap:
 * the gaps wait for ten minutes more. The time of a letter about doubtful gaps is also recorded after it, because no such
 * gap may be given up on account of a letter that was never published. The rows are saved last, and the one that names
 * the letter before the others. So a later letter has another name, or lists all gaps of this one.
 *
 * @returns The gaps that could not be given up yet.
 */
export async function giveUp(
  deps: TickDeps,
  gaps: readonly GapToGiveUp[],
  { stream, gaveUpAtMs, doubtToldAtMs }: Progress,
  now: number,
  record: RecordTimes,
): Promise<readonly GapToGiveUp[]> {
  const isDoubtDue = isLetterDue(doubtToldAtMs, doubtIntervalMs, now);
  const isTold = ({ reason }: GapToGiveUp): boolean => !reason.isDoubtful || isDoubtDue;
  const toTell = gaps.filter(isTold);
  const silent = gaps.filter((gap) => !isTold(gap));
  await save(deps, silent, now, undefined);
  const [first] = toTell;
  if (!first || !isLetterDue(gaveUpAtMs, letterIntervalMs, now)) return toTell;
  if (!(await record({ gaveUpAtMs: now, doubtToldAtMs }))) return toTell;
  const listed = toTell.map(({ row: { value }, coverage, reason }) => ({
    from: value.from,
    to: value.to,
    foundAtMs: value.foundAtMs,
    why: reason.why,
    missing: coverage.missing,
    holes: coverage.holes,
  }));
  await deps.publisher.publish('dead-letter-queue', unrecoverableLetter(stream, listed, now));
  const isDoubtTold = toTell.some(({ reason }) => reason.isDoubtful);
  if (isDoubtTold && !(await record({ gaveUpAtMs: now, doubtToldAtMs: now }))) return toTell;
  const naming = first.row.value;
  if (!(await saveOne(deps, first, now, naming))) return toTell;
  await save(deps, toTell.slice(1), now, naming);
  return [];
}

/** Saves the gaps as given up. A row that another instance has written meanwhile is left for the next sweep. */
async function save(deps: TickDeps, gaps: readonly GapToGiveUp[], now: number, naming: Gap | undefined): Promise<void> {
  await runLimited(gaps, savesAtOnce, async (gap) => {
    await saveOne(deps, gap, now, naming);
  });
}

function saveOne(
  { ledger }: TickDeps,
  { row: { version }, gap, coverage, reason }: GapToGiveUp,
  now: number,
  naming: Gap | undefined,
): Promise<boolean> {
  return ledger.save(givenUp(gap, coverage.missing, reason.why, now, naming), version);
}

/**
 * Records the answers of gaps that wait to be given up. Otherwise the answers that come while they wait would count as
 * if they had come by the deadline.
 */
export async function recordAnswers({ ledger }: TickDeps, waiting: readonly GapToGiveUp[]): Promise<void> {
  const changed = waiting.filter(({ row, gap }) => gap !== row.value);
  await runLimited(changed, savesAtOnce, async ({ row: { version }, gap }) => {
    await ledger.save(gap, version);
  });
}
