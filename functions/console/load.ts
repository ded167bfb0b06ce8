import type { Catalog } from '../../shared/catalog-definition.ts';
import { loadFillings } from '../../shared/gaps/fillings.ts';
import { excerptOf } from '../../shared/dead-letter/record.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { sizeOf } from '../../shared/gaps/range.ts';
import type { BlockStore, Clock, DeadLetterStore, GapLedger } from '../../shared/ports.ts';
import { eachStream } from '../../shared/stream-pages.ts';
import { blockSize, highestId } from '../../shared/tracking/block.ts';
import { gapsView, type GapsView } from './gap-view.ts';
import { letterView, wholeLetterView, type LetterView, type WholeLetterView } from './letter-view.ts';
import { streamView, type StreamView } from './stream-view.ts';

export interface ConsoleDeps {
  readonly blocks: BlockStore;
  readonly ledger: Pick<GapLedger, 'progress' | 'unresolved' | 'countUnresolved' | 'list'>;
  readonly letters: Pick<DeadLetterStore, 'find' | 'list' | 'kept'>;
  readonly catalog: Pick<Catalog, 'stream'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** The dead letters that are shown. */
export interface LettersView {
  /** Whether there are older ones. */
  readonly isCut: boolean;
  readonly letters: readonly LetterView[];
}

/** What the page shows, as of one time. */
export interface Overview {
  readonly nowMs: number;
  readonly streams: readonly StreamView[];
  /** By stream, in the order of the streams. */
  readonly gaps: readonly GapsView[];
  readonly letters: LettersView;
}

/** The most that is shown. */
export interface Limits {
  /** Of each stream. */
  readonly gaps: number;
  readonly letters: number;
}

/** The longest gap of which the missing ids are counted: its blocks are read each time. */
const maxCountedIds = 4 * blockSize;

export async function loadOverview(deps: ConsoleDeps, limits: Limits): Promise<Overview> {
  const nowMs = deps.clock.now();
  const names = await loadStreamNames(deps);
  const [gaps, letters] = await Promise.all([
    Promise.all(names.map((name) => loadGaps(deps, name, limits.gaps))),
    loadLetters(deps, limits.letters),
  ]);
  const streams = await Promise.all(gaps.map(({ stream, unresolved }) => loadStream(deps, stream, unresolved)));
  return { nowMs, streams, gaps, letters };
}

export async function loadStreams(deps: ConsoleDeps): Promise<readonly StreamView[]> {
  const names = await loadStreamNames(deps);
  return Promise.all(names.map(async (name) => loadStream(deps, name, await deps.ledger.countUnresolved(name))));
}

export async function loadStreamNames({ blocks }: ConsoleDeps): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const name of eachStream(blocks)) names.push(name);
  return names;
}

async function loadStream(
  { blocks, ledger }: ConsoleDeps,
  stream: string,
  unresolvedGaps: number,
): Promise<StreamView> {
  const [progress, last] = await Promise.all([ledger.progress(stream), blocks.last(stream)]);
  return streamView({ stream, progress: progress?.value, highestId: last && highestId(last), unresolvedGaps });
}

export async function loadGaps(deps: ConsoleDeps, stream: string, limit: number): Promise<GapsView> {
  const { blocks, ledger, catalog } = deps;
  const [versioned, listed] = await Promise.all([ledger.unresolved(stream, 100_000), ledger.list(stream, limit + 1)]);
  const unresolved = versioned.map(({ value }) => value);
  const shown = unresolved.slice(0, limit);
  const missing = await countMissing(blocks, stream, shown);
  const isRecovered = catalog.stream(stream).recover;
  return gapsView({ stream, unresolved, listed, missing, isRecovered, limit });
}

export async function loadLetters({ letters }: ConsoleDeps, limit: number): Promise<LettersView> {
  const records = await letters.list(limit + 1);
  return { isCut: records.length > limit, letters: records.slice(0, limit).map(letterView) };
}

export async function loadLetter({ letters }: ConsoleDeps, id: string): Promise<WholeLetterView | undefined> {
  const found = await letters.find(id);
  if (!found) return undefined;
  const record = found.value;
  const message = excerptOf(record.message).isKept ? await letters.kept(record.root) : undefined;
  return wholeLetterView(record, message ?? record.message);
}

/** How many ids are missing by now, by the gap's `from`: of gaps that are not too long for their blocks to be read each time. */
export async function countMissing(
  blocks: BlockStore,
  stream: string,
  gaps: readonly Gap[],
): Promise<ReadonlyMap<number, number>> {
  const counted = gaps.filter((gap) => sizeOf(gap) <= maxCountedIds);
  const fillings = await loadFillings(blocks, stream, counted);
  return new Map(fillings.map(({ range, missing }) => [range.from, missing]));
}
