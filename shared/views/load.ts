import { rfc3339 } from './format.ts';
import type { Catalog } from '../catalog-definition.ts';
import { stepOf } from '../gaps/expected-ids.ts';
import type { Range } from '../gaps/range.ts';
import { afterReset } from '../gaps/reset.ts';
import type { BlockStore, Clock, GapLedger, GapPage, ReconciliationStore } from '../ports.ts';
import { runLimited } from '../run-limited.ts';
import { highestId } from '../tracking/block.ts';
import { gapsView, type GapsView } from './gap-view.ts';
import { loadUnnumbered } from './unnumbered-view.ts';
import { loadReconciliations, type ReconciliationView } from './reconciliation-view.ts';
import { shownFront, streamView, type StreamView } from './stream-view.ts';
import { loadUnresolved } from './unresolved-gaps.ts';

/** The number of streams that are loaded at a time, each with a few calls. */
const streamsAtOnce = 10;

export interface ConsoleDeps {
  readonly blocks: BlockStore;
  readonly ledger: Pick<GapLedger, 'progress' | 'unresolved' | 'countUnresolved' | 'list' | 'find' | 'overlapping'>;
  readonly reconciliations: Pick<ReconciliationStore, 'find'>;
  readonly catalog: Pick<Catalog, 'stream' | 'lists'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** The streams that are shown. */
export interface StreamsView {
  readonly streams: readonly StreamView[];
  /** The cursor of the next page of streams. Undefined if this is the last page. */
  readonly next: string | undefined;
}

/** The content of the console's page. */
export interface Overview extends StreamsView {
  readonly nowMs: number;
  /** Whether this is not the first page of streams. */
  readonly isLaterPage: boolean;
  /** The gaps of each stream, in the order of `streams`. */
  readonly gaps: readonly GapsView[];
  readonly reconciliations: readonly ReconciliationView[];
}

/** The maximum numbers of items to show. */
export interface Limits {
  readonly streams: number;
  /** The gaps of each stream. */
  readonly gaps: number;
}

/** @returns Undefined if the cursor of the page is unknown. */
export async function loadOverview(deps: ConsoleDeps, limits: Limits, page?: string): Promise<Overview | undefined> {
  const nowMs = deps.clock.now();
  const found = await deps.blocks.streams(limits.streams, page);
  if (!found) return undefined;
  const loading = loadEach(found.names, async (name) => {
    const gaps = await loadGaps(deps, name, limits.gaps);
    return { gaps, stream: await loadStream(deps, name, gaps.unresolved) };
  });
  const [loaded, reconciliations] = await Promise.all([loading, loadReconciliations(deps)]);
  const [streams, gaps] = [loaded.map(({ stream }) => stream), loaded.map((each) => each.gaps)];
  return { nowMs, streams, next: found.next, isLaterPage: page !== undefined, gaps, reconciliations };
}

/** @returns Undefined if the cursor of the page is unknown. */
export async function loadStreams(deps: ConsoleDeps, limit: number, page?: string): Promise<StreamsView | undefined> {
  const found = await deps.blocks.streams(limit, page);
  if (!found) return undefined;
  const streams = await loadEach(found.names, async (name) => loadStream(deps, name));
  return { streams, next: found.next };
}

/** Loads a value for each name, in the order of the names. */
async function loadEach<T>(names: readonly string[], load: (name: string) => Promise<T>): Promise<readonly T[]> {
  const loaded: T[] = [];
  await runLimited(names, streamsAtOnce, async (name, i) => {
    loaded[i] = await load(name);
  });
  return loaded;
}

/** Whether the stream has any stored state. */
export async function hasStream(
  { blocks, ledger, catalog }: Pick<ConsoleDeps, 'blocks' | 'ledger'> & { readonly catalog: Pick<Catalog, 'stream'> },
  stream: string,
): Promise<boolean> {
  const isUnnumbered = catalog.stream(stream).numbering === 'none';
  const [last, progress] = await Promise.all([
    isUnnumbered ? blocks.lastBucket(stream) : blocks.last(stream),
    ledger.progress(stream),
  ]);
  return last !== undefined || progress !== undefined;
}

/**
 * Loads a stream: its progress, and the lowest unresolved gap of its front, or its last block if it has no front.
 *
 * @param unresolved The number of its unresolved gaps, if it is known already.
 */
export async function loadStream(
  deps: Pick<ConsoleDeps, 'blocks' | 'ledger' | 'clock'> & { readonly catalog: Pick<Catalog, 'stream'> },
  stream: string,
  unresolved?: number,
): Promise<StreamView> {
  const { blocks, ledger, catalog, clock } = deps;
  const settings = catalog.stream(stream);
  if (settings.numbering === 'none') {
    const progress = (await ledger.progress(stream))?.value;
    const unnumbered = await loadUnnumbered(blocks, stream, settings, clock.now());
    return { ...streamView({ ...nothingMissing, nowMs: clock.now(), stream, progress }), unnumbered };
  }
  const unresolvedGaps = unresolved ?? (await ledger.countUnresolved(stream));
  const progress = (await ledger.progress(stream))?.value;
  const front = progress && shownFront(progress);
  const last = front ? undefined : await blocks.last(stream);
  const lowestUnresolved = front && unresolvedGaps > 0 ? await lowestFrom(ledger, stream, front.first) : undefined;
  const highest = last && highestId(last);
  const revisions = await blocks.revisions(stream);
  const beganAtMs = progress?.sweptAtMs === undefined ? (await blocks.first(stream))?.createdAtMs : undefined;
  const view = streamView({
    nowMs: clock.now(),
    ...{ stream, progress, highestId: highest, step: stepOf(settings), lowestUnresolved, unresolvedGaps, revisions },
  });
  return { ...view, beganAt: beganAtMs === undefined ? undefined : rfc3339(beganAtMs) };
}

/** The state of a stream without numbers, besides its sweeps. */
const nothingMissing = {
  highestId: undefined,
  step: 1,
  lowestUnresolved: undefined,
  unresolvedGaps: 0,
  revisions: 0,
} as const;

/** Returns the lowest unresolved gap that begins at an id or above. */
export async function lowestFrom(
  ledger: Pick<GapLedger, 'unresolved'>,
  stream: string,
  from: number,
): Promise<Pick<Range, 'from'> | undefined> {
  const page: GapPage = await ledger.unresolved(stream, 1, from - 1);
  return page.gaps[0]?.value ?? page.unreadable[0];
}

export async function loadGaps(deps: ConsoleDeps, stream: string, limit: number): Promise<GapsView> {
  const { blocks, ledger, catalog } = deps;
  const [read, listed] = await Promise.all([ledger.unresolved(stream, limit + 1), ledger.list(stream, limit + 1)]);
  const unresolved = read.gaps.slice(0, limit).map(({ value }) => value);
  const readCount = read.gaps.length + read.unreadable.length;
  const unresolvedCount = readCount > limit ? await ledger.countUnresolved(stream) : readCount;
  const unreadable = [...read.unreadable, ...listed.unreadable];
  const settings = afterReset(catalog.stream(stream), (await ledger.progress(stream))?.value);
  const present = await loadUnresolved(blocks, stream, unresolved, settings);
  return gapsView({
    stream,
    unresolved,
    unresolvedCount,
    listed: listed.gaps,
    unreadable,
    present,
    isRecovered: settings.recover,
    limit,
  });
}
