import type { Catalog } from '../catalog-definition.ts';
import { loadFillings } from '../gaps/fillings.ts';
import { HoleFinder } from '../gaps/holes.ts';
import { sizeOf, without, type Range } from '../gaps/range.ts';
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
  /** The ids that are missing and not inferred, ascending. */
  readonly left: readonly Range[];
}

/** Infers what a gap still lacks. */
export async function inferGap(deps: InferenceDeps, stream: string, gap: Range): Promise<GapInference> {
  const isLong = sizeOf(gap) > deps.catalog.stream(stream).maxGap;
  const { missing, near } = isLong ? await loadMissing(deps, stream, gap) : await loadAround(deps, stream, gap);
  if (missing.length === 0) return { inferred: [], obstacles: [], left: [] };
  if (isLong) return { inferred: [], obstacles: ['too-long'], left: missing };
  const part = await deps.history.part(stream, blocksOf(gap), near);
  const { inferred, obstacles } = infer(stream, missing, part, deps.catalog);
  return { inferred, obstacles, left: without(missing, new Set(inferred.map(({ eventId }) => eventId))) };
}

/** What a gap lacks, and what is known next to it. */
interface Around {
  readonly missing: readonly Range[];
  readonly near: readonly Known[];
}

/** Of a long gap only what is missing: by now it may be nothing. */
async function loadMissing({ blocks }: InferenceDeps, stream: string, gap: Range): Promise<Around> {
  const fillings = await loadFillings(blocks, stream, [gap]);
  return { missing: fillings.flatMap((filling) => filling.missing), near: [] };
}

async function loadAround({ blocks }: InferenceDeps, stream: string, gap: Range): Promise<Around> {
  const indexes = blocksOf(gap);
  const finder = new HoleFinder([gap]);
  const near: Known[] = [];
  for await (const block of blocks.scan(stream, Math.max(0, indexes.from - 1), indexes.to + 1)) {
    finder.see(block);
    near.push(...knownEvents(block));
  }
  return { missing: finder.fillings().flatMap((filling) => filling.missing), near };
}

function blocksOf(gap: Range): Range {
  return { from: blockIndex(gap.from), to: blockIndex(gap.to) };
}
