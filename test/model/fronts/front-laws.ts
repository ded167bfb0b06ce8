import { frontsOf, runsOf, watermarkOf, type Front } from '../../../shared/gaps/front.ts';
import { isUnresolved, type Gap } from '../../../shared/gaps/gap.ts';
import type { Progress } from '../../../shared/gaps/progress.ts';
import { blockSize } from '../../../shared/tracking/block.ts';
import type { FrontWorld } from './front-world.ts';
import type { SimulatedSweeps } from './simulated-sweeps.ts';

const maxRunsKept = 256;
const maxPieces = 3 * maxRunsKept;
const maxForgottenKept = 16;
/** With more rows than that, the laws of the watermarks are not checked. They would take too long. */
const maxRowsChecked = 150;
/** Sweep reads blocks that were written up to so many milliseconds before the last sweep. */
const slackMs = 3 * 60_000;

/** The number of blocks that a sweep may read, from the state before it. */
interface ReadBudget {
  readonly reads: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** Checks the laws that hold after each sweep. */
export class FrontLaws {
  private readonly world: FrontWorld;
  private readonly sweeps: SimulatedSweeps;
  private changes = -1;
  private progress: Progress | undefined;
  private rows: readonly Gap[] = [];
  private budget: ReadBudget = { reads: 0, parts: {} };
  private marks: readonly (Front & { readonly mark: number })[] = [];
  /** When the numbering was begun that the marks belong to. Undefined before any reset. */
  private begunAtMs: number | undefined;

  constructor(world: FrontWorld, sweeps: SimulatedSweeps) {
    this.world = world;
    this.sweeps = sweeps;
  }

  async before(): Promise<void> {
    await this.load();
    this.budget = this.budgetOf(this.progress, this.rows);
  }

  async after(): Promise<void> {
    const { indexes } = this.sweeps.reads;
    if (indexes.size > this.budget.reads) this.world.fail('reads are bounded', indexes.size, this.budget);
    const isChanged = await this.load();
    this.checkHealth();
    if (!isChanged) return;
    const { progress, rows } = this;
    if (!progress) return;
    this.checkSize(progress);
    if (rows.length < maxRowsChecked) this.checkWatermarks(progress, rows);
    else this.marks = [];
  }

  /** Reads the progress and the rows. @returns Whether they changed. */
  private async load(): Promise<boolean> {
    const { ledger, stream } = this.world;
    if (ledger.changes() === this.changes) return false;
    this.changes = ledger.changes();
    this.progress = (await ledger.progress(stream))?.value;
    this.rows = (await ledger.list(stream, Number.POSITIVE_INFINITY)).gaps;
    return true;
  }

  private budgetOf(progress: Progress | undefined, rows: readonly Gap[]): ReadBudget {
    const { settings, written } = this.world;
    const sinceMs = Math.min(progress?.sweptAtMs ?? 0, ...this.sweeps.seenSweptAtMs) - slackMs;
    const around = 2 * (Math.floor((settings.maxGap * this.world.idStep) / blockSize) + 2);
    const fresh = [...written.values()].filter(({ atMs }) => atMs >= sinceMs).length;
    const due = (progress?.pieces ?? []).filter(({ isScanned }) => !isScanned);
    const open = rows.filter(isUnresolved);
    const blocksOf = (ranges: readonly { from: number; to: number }[]): number =>
      ranges.reduce((sum, { from, to }) => sum + Math.floor((to - from) / blockSize) + 10, 0);
    const parts = { fresh: fresh * (1 + around), due: blocksOf(due), open: blocksOf(open) };
    return { parts, reads: 20 + parts.fresh + parts.due + parts.open + 4 * around };
  }

  /** Checks that a sweep has reported as many gaps as wait, whether it has read them or knows them from an earlier sweep. */
  private checkHealth(): void {
    const { log, stream, traffic } = this.world;
    const reported = log.health.get(stream)?.unresolvedGaps;
    const unresolved = this.rows.filter(isUnresolved).length;
    if (traffic.faults?.crashes || traffic.faults?.overlaps || reported === undefined) return;
    if (reported !== unresolved) this.world.fail('the gaps that wait are miscounted', { reported, unresolved });
  }

  private checkSize({ pieces, forgotten, told }: Progress): void {
    const runs = runsOf(pieces).length;
    if (runs > maxRunsKept || pieces.length > maxPieces || forgotten.length > maxForgottenKept || told.length > runs)
      this.world.fail('the document is bounded', { runs, pieces: pieces.length, forgotten: forgotten.length });
  }

  private checkWatermarks(progress: Progress, rows: readonly Gap[]): void {
    // A reset begins with new fronts.
    if (progress.reset?.atMs !== this.begunAtMs) this.marks = [];
    this.begunAtMs = progress.reset?.atMs;
    const unresolved = rows.filter(isUnresolved);
    const resolved = rows.filter((row) => !isUnresolved(row));
    const marks = frontsOf(progress).map((front) => ({ ...front, mark: watermarkOf(front, unresolved) }));
    for (const front of marks) {
      this.checkPassesNoLoss(front.first, front.mark, resolved);
      const before = this.marks.find(({ first, last }) => first === front.first && last <= front.last);
      if (before && front.mark < before.mark) this.world.fail('a watermark falls', before, front);
    }
    this.marks = marks;
  }

  private checkPassesNoLoss(first: number, mark: number, resolved: readonly Gap[]): void {
    const { lost, insideSince } = this.world.losses;
    for (const id of insideSince.keys()) {
      if (id < first || id > mark || !lost.has(id)) continue;
      if (resolved.some(({ from, to }) => from <= id && id <= to)) continue;
      this.world.fail('a watermark passes a loss', id, { first, mark });
      return;
    }
  }
}
