import type { Gap } from '../../shared/gaps/gap.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import type { GapLedger, Version, Versioned } from '../../shared/ports.ts';

/** Writes a stream's progress during one sweep. Each write fails if another sweep has written since the last one. */
export class ProgressWriter {
  /** The progress to save next. */
  progress: Progress;
  private readonly ledger: GapLedger;
  private saved: Progress | undefined;
  private version: Version | undefined;

  constructor(ledger: GapLedger, before: Versioned<Progress> | undefined, progress: Progress) {
    this.ledger = ledger;
    this.saved = before?.value;
    this.version = before?.version;
    this.progress = progress;
  }

  /** Whether the ledger may have unresolved gaps. The watermark equals `scanned` exactly if there are none. */
  get hasUnresolved(): boolean {
    return this.saved !== undefined && this.saved.watermark < this.saved.scanned;
  }

  /** Saves the progress and files gaps, in one atomic write. @returns Whether no other sweep wrote in between. */
  async save(gaps: readonly Gap[] = []): Promise<boolean> {
    if (gaps.length === 0 && isSame(this.saved, this.progress)) return true;
    const { stream } = this.progress;
    const version = await this.ledger.saveProgress(stream, this.progress, this.version, gaps);
    if (version === undefined) return false;
    this.version = version;
    this.saved = this.progress;
    return true;
  }
}

function isSame(before: Progress | undefined, after: Progress): boolean {
  const fields = ['highWater', 'first', 'watermark', 'scanned', 'floor', 'sweptAtMs', 'advancedTo'] as const;
  return before !== undefined && fields.every((field) => before[field] === after[field]);
}
