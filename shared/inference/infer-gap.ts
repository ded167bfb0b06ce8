import type { Catalog } from '../catalog-definition.ts';
import { loadRangeCoverage } from '../gaps/range-coverage.ts';
import { HoleFinder } from '../gaps/holes.ts';
import { countIds, sizeOf, withoutIds, type Range } from '../gaps/range.ts';
import type { BlockStore } from '../ports.ts';
import { blockIndex } from '../tracking/block.ts';
import type { History } from './history.ts';
import { infer, type Inference } from './infer.ts';
import { knownEvents, type Known } from './neighbours.ts';

export interface InferenceDeps {
  readonly blocks: BlockStore;
  readonly catalog: Catalog;
  readonly history: History;
}

/** What is inferred of a gap, and what is not. */
export interface GapInference extends Inference {
  /** How many ids are missing and not inferred. */
  readonly left: number;
  /** These ids, ascending; of a gap that is too long to be inferred, the lowest holes. */
  readonly leftHoles: readonly Range[];
}

/** Infers what a gap still lacks. */
export async function inferGap(deps: InferenceDeps, stream: string, gap: Range): Promise<GapInference> {
  const isLong = sizeOf(gap) > deps.catalog.stream(stream).maxGap;
  if (isLong) return tooLong(deps, stream, gap);
  const { missing, near } = await loadAround(deps, stream, gap);
  if (missing.length === 0) return { inferred: [], obstacles: [], left: 0, leftHoles: [] };
  const window = await deps.history.window(stream, blocksOf(gap), near);
  const { inferred, obstacles } = infer(stream, missing, window, deps.catalog);
  const leftHoles = withoutIds(missing, new Set(inferred.map(({ eventId }) => eventId)));
  return { inferred, obstacles, left: countIds(leftHoles), leftHoles };
}

/** What a gap lacks, and what is known next to it. */
interface Around {
  readonly missing: readonly Range[];
  readonly near: readonly Known[];
}

/** Of a long gap nothing is inferred; but by now nothing may be missing. */
async function tooLong({ blocks }: InferenceDeps, stream: string, gap: Range): Promise<GapInference> {
  const [coverage] = await loadRangeCoverage(blocks, stream, [gap]);
  const { missing: left = 0, holes: leftHoles = [] } = coverage ?? {};
  return { inferred: [], obstacles: left > 0 ? ['too-long'] : [], left, leftHoles };
}

async function loadAround({ blocks }: InferenceDeps, stream: string, gap: Range): Promise<Around> {
  const indexes = blocksOf(gap);
  const finder = new HoleFinder([gap], sizeOf(gap));
  const near: Known[] = [];
  for await (const block of blocks.scan(stream, Math.max(0, indexes.from - 1), indexes.to + 1)) {
    finder.see(block);
    near.push(...knownEvents(block));
  }
  return { missing: finder.coverage().flatMap(({ holes }) => holes), near };
}

function blocksOf(gap: Range): Range {
  return { from: blockIndex(gap.from), to: blockIndex(gap.to) };
}
