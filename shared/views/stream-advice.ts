import { frontsOf, outliersOf } from '../gaps/front.ts';
import type { Progress } from '../gaps/progress.ts';
import { isResetPending } from '../gaps/reset-progress.ts';
import { maxRuns } from '../gaps/tidy.ts';
import { spellRange } from '../gaps/range.ts';
import type { OffStep } from '../gaps/off-step.ts';
import { formatAmount, formatDuration } from './format.ts';
import { doubtRemedies, spellDoubtful } from './spell-doubt.ts';
import { spellOffStep } from './spell-off-step.ts';
import { awaitsFirstSweep } from './stream-view.ts';
import { describeUnnumbered, type UnnumberedView } from './unnumbered-view.ts';
import { askForStep } from './spell-outliers.ts';
import { separateSequences, spellRevisions } from './spell-revisions.ts';

/** The doubtful gaps of a stream: unresolved, or given up in the last day. */
export interface Doubtful {
  /** At most the gaps that were looked at. */
  readonly count: number;
  /** A description of the numbers around the latest of them. Undefined if there is none. */
  readonly numbers: string | undefined;
}

/** The events of a stream with a step that are off it. */
export interface OffStepFacts extends OffStep {
  readonly step: number;
  /** The number of ids that were looked at, if the front has more. */
  readonly idsLookedAt: number | undefined;
}

/** The facts from which advice on a stream follows. */
export interface AdviceFacts {
  /** Undefined if the stream was never swept. */
  readonly progress: Progress | undefined;
  readonly doubtful: Doubtful;
  readonly revisions: number;
  /** Undefined for a stream without a step. */
  readonly offStep?: OffStepFacts | undefined;
  /** Whether the stream has only just begun. */
  readonly isNew?: boolean;
  /** Whether events wait for a sweep that should have come. */
  readonly isOverdue: boolean;
  readonly nowMs: number;
  /** Only of a stream without numbers. */
  readonly unnumbered?: UnnumberedView | undefined;
}

/** More outliers than this are many. Single wrong ids are normal. */
const maxFewOutliers = 16;
/** A front grows if a sweep found new ids of it within this time, in milliseconds. */
const growingMs = 3_600_000;
/** The maximum number of ranges to list. */
const maxListed = 4;

/** Says in one line each what needs attention in a stream, and what to do. */
export function adviceOn(facts: AdviceFacts): readonly string[] {
  const { progress, doubtful, revisions, offStep } = facts;
  const lines = [
    facts.unnumbered && sentence(describeUnnumbered(facts.unnumbered)),
    sweepAdvice(facts),
    progress && resetAdvice(progress),
    progress && frontAdvice(progress, facts.nowMs),
    progress && outlierAdvice(progress),
    progress && dropAdvice(progress),
    doubtful.numbers && doubtAdvice(doubtful.count, doubtful.numbers),
    offStep && offStepAdvice(offStep),
    revisions > 0 ? spellRevisions(revisions) : undefined,
  ];
  return lines.filter((line): line is string => line !== undefined && line !== '');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function sweepAdvice({ progress, isNew, isOverdue, nowMs }: AdviceFacts): string | undefined {
  const next = 'Does the scheduler run, and does sweep fail?';
  if (isNew) return sentence(awaitsFirstSweep);
  if (progress?.sweptAtMs === undefined) return `No sweep has looked at the stream yet. ${next}`;
  return isOverdue
    ? `No sweep came for ${formatDuration(nowMs - progress.sweptAtMs)}, and events wait. ${next}`
    : undefined;
}

function resetAdvice(progress: Progress): string | undefined {
  if (!progress.reset || progress.reset.isSettled) return undefined;
  const { from } = progress.reset;
  return isResetPending(progress)
    ? `Its numbering begins again at ${from} with the next sweep.`
    : `Its numbering began again at ${from}. Gaps are looked for when those of the old numbering are given up.`;
}

function frontAdvice(progress: Progress, nowMs: number): string | undefined {
  const growing = frontsOf(progress).filter(({ grewAtMs }) => grewAtMs > nowMs - growingMs);
  if (growing.length < 2) return undefined;
  const shown = growing.slice(-maxListed).map(({ first, last }) => spellRange({ from: first, to: last }));
  const more = growing.length > maxListed ? `, and ${growing.length - maxListed} more` : '';
  return (
    `${growing.length} fronts grew in the last hour: ${shown.join(', ')}${more}. Do two producers share the stream, or did ` +
    `numbering restart? ${separateSequences}`
  );
}

function outlierAdvice(progress: Progress): string | undefined {
  const outliers = outliersOf(progress);
  if (outliers.length <= maxFewOutliers) return undefined;
  return (
    `${formatAmount(outliers.length)} ids are far from all others, and nothing is concluded from them. ` +
    (askForStep(outliers) ?? 'Does a producer write wrong ids?')
  );
}

function dropAdvice({ hasDropped, dropCount }: Progress): string | undefined {
  if (!hasDropped) return undefined;
  const dropped = dropCount === undefined ? 'Some' : formatAmount(dropCount);
  return (
    `${dropped} fronts and outliers were dropped, because a stream has room for ${maxRuns}. Losses in them are found only ` +
    "if a new id comes near. Are its ids random? Then no loss can be found by numbers: set numbering: 'none'. " +
    'Do many producers share the stream? Then give each a stream of its own.'
  );
}

function doubtAdvice(count: number, numbers: string): string {
  return `${spellDoubtful(count)}: ${numbers} ${doubtRemedies.join(' ')}`;
}

function offStepAdvice({ step, idsLookedAt, ...offStep }: OffStepFacts): string | undefined {
  const spelt = spellOffStep(offStep, step);
  if (spelt === undefined) return undefined;
  const among = idsLookedAt === undefined ? '' : ` (among the highest ${formatAmount(idsLookedAt)} ids)`;
  return `${spelt}${among}. They are accepted, and the stream counts by ${step} without them. Is the step right?`;
}
