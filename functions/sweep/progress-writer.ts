import type { Gap } from '../../shared/gaps/gap.ts';
import { startProgress, type Progress } from '../../shared/gaps/progress.ts';
import { maxFiledAtOnce, type GapLedger, type Versioned } from '../../shared/ports.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';
import { loadMovedRows } from './moved-rows.ts';

type WriterLedger = Pick<GapLedger, 'saveProgress' | 'find'>;

/** Writes a stream's progress during one sweep. Each write fails if another sweep has written since the last one. */
export class ProgressWriter {
  /** The progress to save next. */
  progress: Progress;
  /** The progress as this sweep has found it. Undefined if there was none. */
  readonly before: Progress | undefined;
  /** The rows that this sweep has filed. A later one replaces an earlier one with the same first id. */
  readonly filed = new Map<number, Gap>();
  private readonly ledger: WriterLedger;
  private readonly settings: StreamSettings;
  private saved: Versioned<Progress> | undefined;

  constructor(
    ledger: WriterLedger,
    before: Versioned<Progress> | undefined,
    progress: Progress,
    settings: StreamSettings,
  ) {
    this.ledger = ledger;
    this.settings = settings;
    this.saved = before;
    this.before = before?.value;
    this.progress = progress;
  }

  /** The progress as it is stored. */
  get stored(): Versioned<Progress> | undefined {
    return this.saved;
  }

  /**
   * Saves the progress and files gaps, in one atomic write. Before, it files again what is left of rows that these gaps
   * replace.
   *
   * @param known The rows of the ledger that begin at ids of these gaps. Undefined if they were not read yet.
   * @returns Whether no other sweep wrote in between.
   */
  async save(gaps: readonly Gap[] = [], known?: readonly Gap[]): Promise<boolean> {
    if (gaps.length === 0 && this.progress === this.saved?.value) return true;
    const moved = await loadMovedRows(this.ledger, gaps, this.settings, known);
    const before = this.saved?.value ?? startProgress(this.progress.stream);
    for (let i = 0; i < moved.length; i += maxFiledAtOnce)
      if (!(await this.write(before, moved.slice(i, i + maxFiledAtOnce)))) return false;
    return this.write(this.progress, gaps);
  }

  private async write(value: Progress, gaps: readonly Gap[]): Promise<boolean> {
    const version = await this.ledger.saveProgress(value.stream, value, this.saved?.version, gaps);
    if (version === undefined) return false;
    this.saved = { value, version };
    for (const gap of gaps) this.filed.set(gap.from, gap);
    return true;
  }
}
