import type { BlockStore, GapLedger } from '../../../shared/ports.ts';
import { runLimited } from '../../../shared/run-limited.ts';

interface SweepWatchDeps {
  readonly blocks: Pick<BlockStore, 'streams'>;
  readonly ledger: Pick<GapLedger, 'progress'>;
}

/** As many streams as the overview shows. Each costs a read. */
const maxWatched = 50;
const streamsAtOnce = 10;

/**
 * Notices that streams were swept. Progress, gaps and lag change with sweeps only, which are a minute apart, so nothing else
 * has to be read to know that a page of streams is out of date.
 */
export class SweepWatch {
  private readonly deps: SweepWatchDeps;
  private sweptAtMs: ReadonlyMap<string, number | undefined> | undefined;

  constructor(deps: SweepWatchDeps) {
    this.deps = deps;
  }

  /** Returns the streams that are new, or were swept, since the last call. */
  async read(): Promise<readonly string[]> {
    const { blocks, ledger } = this.deps;
    const found = await blocks.streams(maxWatched);
    const now = new Map<string, number | undefined>();
    await runLimited(found?.names ?? [], streamsAtOnce, async (name) => {
      now.set(name, (await ledger.progress(name))?.value.sweptAtMs);
    });
    const before = this.sweptAtMs;
    this.sweptAtMs = now;
    if (!before) return [];
    return [...now].filter(([name, atMs]) => !before.has(name) || before.get(name) !== atMs).map(([name]) => name);
  }
}
