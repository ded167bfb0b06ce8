import { plainTerminal } from './plain-terminal.ts';
import { auditAll } from '../../shared/audit/stream-audit.ts';
import { drawAudit } from '../../cli/audit/report.ts';
import type { Stores } from '../../cli/stores.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { EmbeddedDeadLetterStore } from '../../shared/embedded/dead-letter-store.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import type { BlockStore, GapLedger } from '../../shared/ports.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';
import { aProgress, atOnce, noon, settingsWith } from './builders.ts';

/** The stores of the stream `orders`, which a test fills and then audits. */
export class Audited {
  readonly blocks = new EmbeddedBlockStore(atOnce);
  readonly stores: Stores & { blocks: BlockStore; ledger: GapLedger };
  nowMs = noon;

  constructor(settings: Partial<StreamSettings> = {}) {
    this.stores = {
      blocks: this.blocks,
      ledger: new EmbeddedGapLedger(atOnce),
      letters: new EmbeddedDeadLetterStore(atOnce),
      catalog: { ...makeCatalog({}), stream: () => settingsWith(settings) },
      clock: { now: () => this.nowMs, schedule: () => () => undefined },
    };
  }

  async progress(progress: Partial<Progress>): Promise<void> {
    const before = await this.stores.ledger.progress('orders');
    await this.stores.ledger.saveProgress('orders', aProgress(progress), before?.version);
  }

  async audit(isDeep = false) {
    const { streams, ...rest } = await auditAll(this.stores, 'orders', isDeep);
    return { ...streams[0]!, ...rest };
  }

  async draw(): Promise<string> {
    return drawAudit(await auditAll(this.stores, 'orders'), plainTerminal);
  }
}
