import { regularEdges } from './block-edges.ts';
import type { IdWindow, Positions } from './id-window.ts';
import type { FoundRegularity, Regularity } from './regularity.ts';
import { unusedIds } from './unused-ids.ts';

/** Holes are regular if fewer regularities than this would be found by chance. It bounds the share of losses that are doubted. */
const maxByChance = 0.005;

/** Periods below need no test: more than an eighth of the neighbours have a hole between them. */
const minPeriod = 9;

/** Whether the holes around a gap and in it are regular, at periods that the share of holes does not show. */
export function hasRegularity(window: IdWindow, gap: Positions): boolean {
  for (const { byChance } of regularities(window, gap, minPeriod)) if (byChance <= maxByChance) return true;
  return false;
}

/** Returns the clearest regularity of the holes around a gap and in it. Undefined if they are not regular. */
export function clearestRegularity(window: IdWindow, gap: Positions): Regularity | undefined {
  let best: FoundRegularity | undefined;
  for (const one of regularities(window, gap, 2)) if (one.byChance <= (best?.byChance ?? maxByChance)) best = one;
  return best;
}

function* regularities(
  window: IdWindow,
  gap: Positions,
  fromPeriod: number,
): Generator<FoundRegularity, void, undefined> {
  yield* unusedIds(window, gap, fromPeriod);
  yield* regularEdges(window, gap);
}
