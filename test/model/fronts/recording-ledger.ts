import { EmbeddedGapLedger } from '../../../shared/embedded/gap-ledger.ts';
import type { Gap } from '../../../shared/gaps/gap.ts';
import type { Progress } from '../../../shared/gaps/progress.ts';
import type { Version } from '../../../shared/ports.ts';

/** A ledger that also keeps every row as it was filed. A later row with the same first id does not replace it there. */
export class RecordingLedger extends EmbeddedGapLedger {
  readonly filed: Gap[] = [];
  /** The number of times that progress was saved. */
  saves = 0;

  override async saveProgress(
    stream: string,
    progress: Progress,
    expected: Version | undefined,
    found: readonly Gap[] = [],
  ): Promise<Version | undefined> {
    const version = await super.saveProgress(stream, progress, expected, found);
    if (version !== undefined) {
      this.filed.push(...found);
      this.saves++;
    }
    return version;
  }
}
