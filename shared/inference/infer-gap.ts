import type { Catalog } from '../catalog-definition.ts';
import { HoleFinder } from '../gaps/holes.ts';
import { sizeOf, type Range } from '../gaps/range.ts';
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

/** Infers what a gap still lacks. */
export async function inferGap(
  { blocks, catalog, history }: InferenceDeps,
  stream: string,
  gap: Range,
): Promise<Inference> {
  if (sizeOf(gap) > catalog.stream(stream).maxGap) return { inferred: [], obstacles: ['too-long'] };
  const indexes = { from: blockIndex(gap.from), to: blockIndex(gap.to) };
  const finder = new HoleFinder([gap]);
  const near: Known[] = [];
  for await (const block of blocks.scan(stream, Math.max(0, indexes.from - 1), indexes.to + 1)) {
    finder.see(block);
    near.push(...knownEvents(block));
  }
  const missing = finder.fillings().flatMap((filling) => filling.missing);
  if (missing.length === 0) return { inferred: [], obstacles: [] };
  return infer(stream, missing, await history.part(stream, indexes, near), catalog);
}
