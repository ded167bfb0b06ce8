import { stepOf } from '../../shared/gaps/expected-ids.ts';
import { runsOf, outliersOf } from '../../shared/gaps/front.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import { countOffStep } from '../../shared/gaps/off-step.ts';
import { RevisionRunFinder, runsInBlock, type RevisionRun } from '../../shared/gaps/revision-runs.ts';
import type { BlockStore } from '../../shared/ports.ts';
import { blockIndex } from '../../shared/tracking/block.ts';
import type { EmbeddedRuntime } from '../local/embedded-runtime.ts';
import type { Summary } from './books.ts';
import { listGaps } from './list-gaps.ts';

/** The part of a summary that the stores hold. */
export type StoredOutcome = Pick<Summary, 'revisions' | 'revisionRuns' | 'gaps' | 'outliers' | 'offStep'>;

/** Reads from the stores what became of the streams of a file. */
export async function storedOutcome(runtime: EmbeddedRuntime, streams: readonly string[]): Promise<StoredOutcome> {
  const all: StoredOutcome[] = [];
  for (const stream of streams) all.push(await outcomeOf(runtime, stream));
  const isOnly = streams.length === 1;
  const named = <Part extends object>(parts: readonly Part[], i: number): readonly Part[] =>
    isOnly ? parts : parts.map((part) => ({ stream: streams[i] ?? '', ...part }));
  return {
    revisions: all.reduce((sum, { revisions }) => sum + revisions, 0),
    revisionRuns: all.flatMap(({ revisionRuns }) => revisionRuns),
    gaps: all.flatMap(({ gaps }, i) => named(gaps, i)),
    outliers: all.flatMap(({ outliers }) => outliers),
    offStep: all.flatMap(({ offStep }, i) => named(offStep, i)),
  };
}

async function outcomeOf({ ledger, blocks, catalog }: EmbeddedRuntime, stream: string): Promise<StoredOutcome> {
  const revisions = await blocks.revisions(stream);
  const gaps = (await ledger.list(stream, Number.POSITIVE_INFINITY)).gaps.toReversed();
  const progress = await ledger.progress(stream);
  const settings = catalog.stream(stream);
  const offStep = await countOffStep(blocks, stream, { from: 0, to: Number.MAX_SAFE_INTEGER }, settings);
  return {
    revisions,
    revisionRuns: revisions > 0 ? await findRuns(blocks, stream) : [],
    gaps: await listGaps(blocks, stream, gaps, settings),
    outliers: progress ? outliersAmong(progress.value) : [],
    offStep: offStep.count === 0 ? [] : [{ step: stepOf(settings), ...offStep }],
  };
}

/** Returns the ids that are far from all others. An id that is the only one of its stream is far from none. */
function outliersAmong(progress: Progress): readonly number[] {
  return runsOf(progress.pieces).length > 1 ? outliersOf(progress) : [];
}

async function findRuns(blocks: Pick<BlockStore, 'scan'>, stream: string): Promise<readonly RevisionRun[]> {
  const finder = new RevisionRunFinder();
  const inBlocks: RevisionRun[] = [];
  for await (const block of blocks.scan(stream, 0, blockIndex(Number.MAX_SAFE_INTEGER))) {
    finder.see(block);
    inBlocks.push(...runsInBlock(block));
  }
  const runs = finder.runs();
  return runs.length > 0 ? runs : inBlocks;
}
