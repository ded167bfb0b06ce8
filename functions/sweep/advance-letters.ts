import { isUnderWay, type DeadLetter, type LetterIn, type Outcome } from '../../shared/dead-letter/dead-letter.ts';
import { discard } from '../../shared/dead-letter/operator-change.ts';
import {
  maxUnfinishedMs,
  nextLookMs,
  openUnanswered,
  postponed,
  settle,
  unansweredAfterMs,
} from '../../shared/dead-letter/replay-outcome.ts';
import { RetryableError } from '../../shared/errors.ts';
import { isGapRoot } from '../../shared/gaps/unrecoverable.ts';
import { askStore } from '../../shared/operator/ask-store.ts';
import { publishReplay } from '../../shared/operator/publish-replay.ts';
import type { Version } from '../../shared/ports.ts';
import { runLimited } from '../../shared/run-limited.ts';
import type { SweepPorts } from './deps.ts';
import { areGapsResolved } from './resolved-gaps.ts';

export type AdvanceLettersDeps = Omit<SweepPorts, 'portsUntil' | 'reconciliations'>;

/** The number of records that are listed at a time, and of those that are looked at at once. */
const lettersAPage = 200;
const lettersAtOnce = 20;
/** The most pages of a tick. What is left waits for the next one, a minute later. */
const maxPages = 25;
/** The longest time between two looks at an open letter about gaps. */
const maxGapLookMs = 3_600_000;

const by = 'sweep';

/**
 * Looks at the records that are due: publishes replays that a crash left undecided, looks for the answers to others, and
 * settles letters about gaps whose events came after all. Discards open letters that are older than the setting allows.
 */
export async function advanceLetters(deps: AdvanceLettersDeps, untilMs: number): Promise<void> {
  for (let page = 0; page < maxPages && deps.clock.now() < untilMs; page++) {
    const ids = await deps.letters.due(deps.clock.now(), lettersAPage);
    await runLimited(ids, lettersAtOnce, (id) => advanceOne(deps, id));
    if (ids.length < lettersAPage) break;
  }
  await discardOld(deps, untilMs);
}

/** An error about one record, such as one that cannot be read, does not keep the others waiting. */
async function advanceOne(deps: AdvanceLettersDeps, id: string): Promise<void> {
  try {
    const found = await deps.letters.find(id);
    if (found) await advance(deps, found.value, found.version);
  } catch (error) {
    if (error instanceof RetryableError) throw error;
    deps.log.error(`dead letter ${id} cannot be advanced`, error);
  }
}

async function advance(deps: AdvanceLettersDeps, record: DeadLetter, version: Version): Promise<void> {
  const nowMs = deps.clock.now();
  const { dueAtMs = Infinity } = { dueAtMs: undefined, ...record.standing };
  if (dueAtMs > nowMs) return;
  if (isUnderWay(record)) {
    if (isSent(record)) await lookForAnswer(deps, record, version);
    else if (nowMs > dueAtMs + maxUnfinishedMs) await deps.letters.save(openUnanswered(record, { by, nowMs }), version);
    else await publishReplay(deps, record as LetterIn<'sending'>, { by, nowMs });
  } else if (isGapRoot(record.root)) await lookForGaps(deps, record, version);
}

function isSent(record: LetterIn<'sending' | 'sent'>): record is LetterIn<'sent'> {
  return record.standing.state === 'sent';
}

/** Whoever changes the record meanwhile has seen it, so a refused save needs no second look in this tick. */
async function lookForAnswer(deps: AdvanceLettersDeps, record: LetterIn<'sent'>, version: Version): Promise<void> {
  const { letters, blocks, clock, catalog } = deps;
  const { replay, sentAtMs } = record.standing;
  const nowMs = clock.now();
  const answer = await askStore(blocks, { root: record.root, entry: replay.entry });
  const isOver = nowMs >= sentAtMs + unansweredAfterMs;
  const outcome = answer.holds ?? (isOver ? lastOutcome(record, answer) : undefined);
  const actor = { by, nowMs, retentionMs: catalog.letterRetention.settledMs };
  if (outcome) await letters.save(settle(record, outcome, actor), version);
  else if (isOver) await letters.save(openUnanswered(record, actor), version);
  else await letters.postpone(postponed(record, nextLookMs(sentAtMs, nowMs)), version);
}

/**
 * Returns the outcome of a replay that nothing can answer any more. An accepted event was published, though the mark is
 * lost: otherwise its message would have come again until it was given up. Undefined if no event was accepted.
 */
function lastOutcome(
  { standing: { replay } }: LetterIn<'sent'>,
  { entries }: Awaited<ReturnType<typeof askStore>>,
): Outcome | undefined {
  const { entry } = replay;
  if (!entry) return 'unconfirmed';
  return entries.some(({ state, hash }) => state === 'clean' && hash === entry.hash) ? 'published' : undefined;
}

async function lookForGaps(deps: AdvanceLettersDeps, record: DeadLetter, version: Version): Promise<void> {
  const { letters, ledger, clock, catalog } = deps;
  const nowMs = clock.now();
  if (await areGapsResolved(ledger, record)) {
    await letters.save(
      settle(record, 'resolved', { by, nowMs, retentionMs: catalog.letterRetention.settledMs }),
      version,
    );
    return;
  }
  const { atMs: askedAtMs } = record.history.findLast(({ did }) => did === 'asked again') ?? { atMs: record.firstAtMs };
  const dueAtMs = Math.min(nextLookMs(askedAtMs, nowMs), nowMs + maxGapLookMs);
  await letters.postpone(postponed(record, dueAtMs), version);
}

/** Discards open letters that are older than `openDays`, the oldest first. */
async function discardOld(deps: AdvanceLettersDeps, untilMs: number): Promise<void> {
  const { letters, letterIndex, clock, catalog, log } = deps;
  const { openMs, settledMs: retentionMs } = catalog.letterRetention;
  if (openMs === undefined) return;
  for (let count = 0; count < lettersAPage && clock.now() < untilMs; count++) {
    const head = await letterIndex.oldest('open');
    const nowMs = clock.now();
    if (!head || head.filedAtMs > nowMs - openMs) return;
    const found = await letters.find(head.id);
    if (!found) return;
    const { value: record, version } = found;
    const result = discard(record, 'expired', { by, nowMs, revision: record.revision, retentionMs });
    if (result.refusal !== undefined || !(await letters.save(result.record, version))) return;
    log.count('expired-letter');
  }
}
