import { RetryableError } from '../../shared/errors.ts';
import { frontsOf, outliersOf, type Front } from '../../shared/gaps/front.ts';
import { startProgress, type Progress } from '../../shared/gaps/progress.ts';
import { isResetPending, resetProgress, resetRow } from '../../shared/gaps/reset-progress.ts';
import type { GapLedger, Version } from '../../shared/ports.ts';
import { heldRanges } from '../../shared/gaps/held-ranges.ts';
import { blockIndex } from '../../shared/tracking/block.ts';
import type { Stores } from '../stores.ts';

/** The changes that a reset would make. */
export interface ResetPlan {
  readonly stream: string;
  readonly from: number;
  /** The fronts and outliers that end. */
  readonly fronts: readonly Front[];
  readonly outliers: readonly number[];
  /** The number of gaps that are given up. */
  readonly unresolved: number;
  /** The lowest id from the first one on that is held already. */
  readonly lowestHeld: number | undefined;
  /** Whether the same reset was made already, and waits for the next sweep. */
  readonly isPending: boolean;
  readonly progress: Progress;
  /** The version of the progress. Undefined if the stream was never swept. */
  readonly version: Version | undefined;
}

/** Finds out what a reset would change. @returns Undefined for a stream that has nothing stored. */
export async function planReset(stores: Stores, stream: string, from: number): Promise<ResetPlan | undefined> {
  const { blocks, ledger } = stores;
  const [found, last] = await Promise.all([ledger.progress(stream), blocks.last(stream)]);
  if (!found && !last) return undefined;
  const progress = found?.value ?? startProgress(stream);
  return {
    stream,
    from,
    fronts: frontsOf(progress),
    outliers: outliersOf(progress),
    unresolved: await ledger.countUnresolved(stream),
    lowestHeld: await lowestHeldFrom(stores, stream, from),
    isPending: isPendingFrom(progress, from),
    progress,
    version: found?.version,
  };
}

function isPendingFrom(progress: Progress, from: number): boolean {
  return progress.reset?.from === from && isResetPending(progress);
}

async function lowestHeldFrom({ blocks }: Stores, stream: string, from: number): Promise<number | undefined> {
  for await (const block of blocks.scan(stream, blockIndex(from), blockIndex(Number.MAX_SAFE_INTEGER))) {
    const range = heldRanges(block).find(({ to }) => to >= from);
    if (range) return Math.max(from, range.from);
  }
  return undefined;
}

/** The number of attempts if sweeps write at the same time. */
const maxAttempts = 5;

/**
 * Resets the numbering of a stream, in one conditional write: the progress, and a row in the ledger. So a crash leaves
 * all of it or nothing. The next sweep does the rest.
 *
 * @throws RetryableError if a sweep writes at every attempt.
 */
export async function resetStream({ ledger, clock }: Stores, plan: ResetPlan): Promise<void> {
  const { stream, from } = plan;
  let { progress, version }: Pick<ResetPlan, 'progress' | 'version'> = plan;
  for (let left = maxAttempts; left > 0; left--) {
    const row = resetRow(stream, from, await freeId(ledger, stream, from), clock.now());
    if ((await ledger.saveProgress(stream, resetProgress(progress, from), version, [row])) !== undefined) return;
    const found = await ledger.progress(stream);
    [progress, version] = [found?.value ?? startProgress(stream), found?.version];
    // The write of an attempt without an answer may have taken effect.
    if (isPendingFrom(progress, from)) return;
  }
  throw new RetryableError(`sweeps wrote the progress of ${stream} at every attempt: run the command again`);
}

/** Returns an id at which no row of the ledger begins: the highest one below an id, or else the lowest one above. */
async function freeId(ledger: Pick<GapLedger, 'find'>, stream: string, from: number): Promise<number> {
  for (let id = from - 1; id >= 0; id--) if (!(await ledger.find(stream, id))) return id;
  for (let id = from; ; id++) if (!(await ledger.find(stream, id))) return id;
}
