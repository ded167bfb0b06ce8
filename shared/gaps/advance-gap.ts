import type { StreamSettings } from '../stream-settings.ts';
import { withInTime } from './answers.ts';
import { isAskedAgain } from './ask-again.ts';
import { isTooLong } from './expected-ids.ts';
import {
  isForgettable,
  isUnresolved,
  notInTime,
  numberingReset,
  type Gap,
  type GapObstacle,
  type Reason,
  type ReprocessRequest,
} from './gap.ts';
import { recount, type Counted } from './recount.ts';
import { isOfOldNumbering, type NumberedSettings } from './reset.ts';

/** A step of a gap: its new state, and the message that must be published before the state is recorded. */
export interface GapStep {
  readonly gap: Gap;
  readonly send?: ReprocessRequest;
  /** Set if the gap must be given up. */
  readonly giveUp?: Reason;
}

const notAskedFor =
  'not requested, because the stream has recover: false, and not received within the deduplication window';
const tooLong = 'too-long';

/** The time between two requests to infer the same gap, in milliseconds. */
const inferAgainMs = 60_000;

/**
 * Returns the next step of a gap. The step depends on the coverage of the gap's ids and on the time. If there is
 * nothing to do, the step has the same gap. A gap of a stream with `recover: false` is never requested, but it is given
 * up when it is forgettable. A gap that the producer was asked for again waits for its answer. A gap that is too long is given up at once, and so is a gap of a numbering that was reset.
 *
 * @param obstacle Returns the reason why the gap must not be inferred now, if there is one. It is called only if
 *   {@link isInferenceDue}.
 */
export function advanceGap(
  row: Gap,
  coverage: Counted,
  nowMs: number,
  settings: NumberedSettings,
  obstacle: () => GapObstacle | undefined = () => undefined,
): GapStep {
  const recounted = recount(row, coverage, nowMs);
  if (!isUnresolved(recounted)) return { gap: recounted };
  const gap = afterDeadline(recounted, coverage, nowMs, settings);
  const giveUp = (why: string): GapStep => ({ gap, giveUp: { why, isDoubtful: false } });
  if (gap.why !== undefined && !isAskedAgain(gap, nowMs)) return giveUp(gap.why);
  if (isOfOldNumbering(gap, settings.reset)) return giveUp(numberingReset);
  if (isForgettable(gap, nowMs, settings)) return giveUp(settings.recover ? notInTime : notAskedFor);
  if (!settings.recover) return { gap };
  if (isTooLong(gap, settings)) return giveUp(tooLong);
  if (gap.state === 'open') return ask(gap, nowMs, settings);
  if (!isInferenceDue(gap, nowMs, settings)) return { gap };
  const found = obstacle();
  if (found === 'wait') return { gap };
  return found ? { gap, giveUp: found } : inferNow(gap, nowMs);
}

/** Whether the producer had its time to answer, and the gap may be inferred now. */
export function isInferenceDue(gap: Gap, nowMs: number, { recover, resendTimeoutMs }: StreamSettings): boolean {
  return (
    recover &&
    gap.state === 'requested' &&
    gap.why === undefined &&
    !isAskedAgain(gap, nowMs) &&
    nowMs >= inferDueAtMs(gap, resendTimeoutMs)
  );
}

/**
 * Returns when the next step of an unresolved gap is due, if nothing of it comes before. If that time has passed, the next
 * sweep must look at the gap, whether it can do something or not.
 */
export function nextStepAtMs(gap: Gap, nowMs: number, { recover, resendTimeoutMs, windowMs }: StreamSettings): number {
  const forgettableAtMs = gap.foundAtMs + windowMs;
  if (gap.why !== undefined && !isAskedAgain(gap, nowMs)) return nowMs;
  if (!recover) return forgettableAtMs;
  if (gap.state === 'open') return nowMs;
  return Math.min(forgettableAtMs, Math.max(inferDueAtMs(gap, resendTimeoutMs), gap.askedAgain?.deadlineMs ?? 0));
}

/**
 * Records the answers by the deadline of a gap, if it has passed, whether the gap is then inferred or given up. A gap
 * that is too long is never inferred, so its answers are not counted.
 */
function afterDeadline(gap: Gap, { answers }: Counted, nowMs: number, settings: StreamSettings): Gap {
  const isOver = gap.deadlineMs !== undefined && nowMs >= gap.deadlineMs;
  const mayInfer = settings.recover && !isTooLong(gap, settings);
  return isOver && mayInfer ? withInTime(gap, answers) : gap;
}

function ask(gap: Gap, nowMs: number, { resendTimeoutMs }: StreamSettings): GapStep {
  const deadlineMs = nowMs + resendTimeoutMs;
  return {
    gap: { ...gap, state: 'requested', requestedAtMs: nowMs, deadlineMs },
    send: { ...requestOf(gap), phase: 'resend', deadlineMs },
  };
}

function inferNow(gap: Gap, nowMs: number): GapStep {
  return {
    gap: { ...gap, inferRequestedAtMs: nowMs },
    send: { ...requestOf(gap), phase: 'infer', deadlineMs: gap.deadlineMs ?? nowMs },
  };
}

function requestOf({ stream, from, to }: Gap) {
  return { stream, from, to, attempt: 1 };
}

function inferDueAtMs({ deadlineMs = 0, inferRequestedAtMs }: Gap, resendTimeoutMs: number): number {
  return inferRequestedAtMs === undefined ? deadlineMs : inferRequestedAtMs + Math.max(resendTimeoutMs, inferAgainMs);
}
