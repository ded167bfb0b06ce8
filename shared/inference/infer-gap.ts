import type { Catalog } from '../catalog-definition.ts';
import type { AnswerCounts } from '../gaps/answers.ts';
import { loadRangeCoverage } from '../gaps/range-coverage.ts';
import { HoleFinder } from '../gaps/holes.ts';
import { isTooLong, stepOf } from '../gaps/expected-ids.ts';
import { countIds, sizeOf, withoutIds, type Range } from '../gaps/range.ts';
import type { BlockStore, Clock } from '../ports.ts';
import type { RecoveredEvent } from '../recovery/recovered-event.ts';
import { blockIndex } from '../tracking/block.ts';
import type { Turns } from '../turns.ts';
import type { Existence } from './existence.ts';
import type { History } from './history.ts';
import { infer, type Inference } from './infer.ts';
import { knownEvents, type Known } from './neighbours.ts';

export interface InferenceDeps {
  readonly blocks: BlockStore;
  readonly catalog: Catalog;
  readonly history: History;
  /** Bounds the timestamps: what is stored by now was published before. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Runs the computation, which may take seconds. */
  readonly turns: Turns;
  /** Asks a system of record for missing events. By default it has none. */
  readonly recover?: Recover;
}

/** Finds missing events in a system of record. @param near Known events around them. */
export type Recover = (missing: readonly Range[], near: readonly Known[]) => Promise<readonly RecoveredEvent[]>;

/** The inferred events of a gap, and the ids that are left. */
export interface GapInference extends Inference {
  /** The events that a system of record has. They are not inferred. */
  readonly recovered: readonly RecoveredEvent[];
  /** The number of missing ids that are not inferred. */
  readonly left: number;
  /** These ids, ascending. For a gap that is too long, only the lowest holes. */
  readonly leftHoles: readonly Range[];
  /** The numbers of ids that their producer has answered by now. Undefined for a gap that is too long. */
  readonly answers: AnswerCounts | undefined;
}

/**
 * Recovers the missing events of a gap from a system of record, and infers the others.
 *
 * @param loadExistence Called only if an event must be inferred.
 */
export async function inferGap(
  deps: InferenceDeps,
  stream: string,
  gap: Range,
  loadExistence: () => Promise<Existence>,
): Promise<GapInference> {
  const settings = deps.catalog.stream(stream);
  const step = stepOf(settings);
  if (isTooLong(gap, settings)) return tooLong(deps, stream, gap, step);
  const { missing: all, near, answers } = await loadAround(deps, stream, gap, step);
  const recovered = all.length > 0 && deps.recover ? await deps.recover(all, near) : [];
  const missing = withoutIds(all, new Set(recovered.map(({ eventId }) => eventId)));
  if (missing.length === 0) return { recovered, inferred: [], obstacles: [], left: 0, leftHoles: [], answers };
  const window = await deps.history.window(stream, blocksOf(gap), near, step);
  const evidence = { window, existence: await loadExistence(), publishedByMs: deps.clock?.now() };
  const { inferred, obstacles } = await deps.turns.run(infer(stream, missing, evidence, deps.catalog));
  const leftHoles = withoutIds(missing, new Set(inferred.map(({ eventId }) => eventId)));
  return { recovered, inferred, obstacles, left: countIds(leftHoles), leftHoles, answers };
}

/** The missing ids of a gap, and the known events near it. */
interface Around {
  readonly missing: readonly Range[];
  readonly near: readonly Known[];
  readonly answers: AnswerCounts | undefined;
}

/** Returns the result for a gap that is too long. Nothing is inferred, but all events may have come by now. */
async function tooLong({ blocks }: InferenceDeps, stream: string, gap: Range, step: number): Promise<GapInference> {
  const [coverage] = await loadRangeCoverage(blocks, stream, [gap], step);
  const { missing: left = 0, holes: leftHoles = [] } = coverage ?? {};
  return { recovered: [], inferred: [], obstacles: left > 0 ? ['too-long'] : [], left, leftHoles, answers: undefined };
}

async function loadAround({ blocks }: InferenceDeps, stream: string, gap: Range, step: number): Promise<Around> {
  const indexes = blocksOf(gap);
  const finder = new HoleFinder([gap], step, sizeOf(gap));
  const near: Known[] = [];
  for await (const block of blocks.scan(stream, Math.max(0, indexes.from - 1), indexes.to + 1)) {
    finder.see(block);
    near.push(...knownEvents(block));
  }
  const [coverage] = finder.coverage();
  return { missing: coverage?.holes ?? [], near, answers: coverage?.answers };
}

function blocksOf(gap: Range): Range {
  return { from: blockIndex(gap.from), to: blockIndex(gap.to) };
}
