import { withLateAnswers } from './answers.ts';
import type { Gap } from './gap.ts';
import type { FillKind, RangeCoverage } from './holes.ts';
import { sizeOf } from './range.ts';

/** The coverage of a gap's ids that decides on its state. */
export type Counted = Pick<RangeCoverage, 'fills' | 'missing' | 'answers'>;

/**
 * Updates the state of a gap from the current coverage of its ids. The gap may already be resolved. Returns the same
 * gap if nothing changed. A resolved gap is not reopened when the entries of its ids are forgotten.
 */
export function recount(row: Gap, { fills, missing, answers }: Counted, nowMs: number): Gap {
  const gap = withLateAnswers(row, answers);
  if (missing > 0) return gap.state === 'abandoned' ? recountGivenUp(gap, missing, fills, nowMs) : gap;
  const state = worstOf(fills);
  if (state === gap.state) return withInferred(gap, fills);
  // Nothing of the gap is missing any more, so no letter needs to list it.
  const known: Gap = gap.isUntold ? { ...gap, isUntold: undefined } : gap;
  const resolved: Gap = withInferred({ ...known, state, resolvedAtMs: nowMs }, fills);
  return gap.state === 'abandoned' ? { ...resolved, missing: 0, cameLateAtMs: nowMs } : resolved;
}

/** Recounts an abandoned gap of which ids are still missing. An inferred event that arrives is no late event. */
function recountGivenUp(gap: Gap, missing: number, fills: Counted['fills'], nowMs: number): Gap {
  const before = gap.missing ?? sizeOf(gap);
  const counted = withInferred(missing < before ? { ...gap, missing } : gap, fills);
  const isLate = missing + (counted.inferred ?? 0) < before + (gap.inferred ?? 0);
  return isLate ? { ...counted, cameLateAtMs: nowMs } : counted;
}

/** Records how many ids hold only an inferred event. Returns the same gap if nothing changed. */
function withInferred(gap: Gap, fills: Counted['fills']): Gap {
  const inferred = fills.get('reconstructed') ?? 0;
  return inferred === (gap.inferred ?? 0) ? gap : { ...gap, inferred };
}

/**
 * Gives up a gap.
 *
 * @param coverage The number of ids that neither came nor were inferred, and the ways in which the others were filled.
 * @param naming The gap whose name the letter has. Undefined if no letter lists the gap yet.
 */
export function givenUp(
  gap: Gap,
  { missing, fills }: Pick<Counted, 'missing' | 'fills'>,
  why: string,
  nowMs: number,
  naming?: Pick<Gap, 'from' | 'foundAtMs'>,
): Gap {
  const resolved: Gap = withInferred({ ...gap, state: 'abandoned', missing, why, resolvedAtMs: nowMs }, fills);
  return naming ? told(resolved, naming) : { ...resolved, isUntold: true };
}

/** Records which letter lists a gap that was given up. */
export function told(gap: Gap, naming: Pick<Gap, 'from' | 'foundAtMs'>): Gap {
  return { ...gap, isUntold: undefined, letterFrom: naming.from, letterFoundAtMs: naming.foundAtMs };
}

/** Returns the worst of the ways in which the ids of a range were filled. */
function worstOf(fills: ReadonlyMap<FillKind, number>): FillKind {
  return (['reconstructed', 'superseded', 'voided', 'filled'] as const).find((kind) => fills.has(kind)) ?? 'filled';
}
