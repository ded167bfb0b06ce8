import { makeConsole, type Console, type ConsoleResponse } from '../../functions/console/handler.ts';
import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { EmbeddedDeadLetterStore } from '../../shared/embedded/dead-letter-store.ts';
import { EmbeddedReconciliationStore } from '../../shared/embedded/reconciliation-store.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import type { GapLedger } from '../../shared/ports.ts';
import type { Cell } from '../../shared/tracking/block.ts';
import { openStanding } from '../support/letters.ts';
import { aGap, aProgress, cellsOf, hold, noon } from '../support/builders.ts';

export { aGap, noon };

/** The bytes that were published, and all else that is filed of a letter. */
export function aLetter({
  data = '{}',
  ...letter
}: Omit<Partial<DeadLetter>, 'message'> & LetterData = {}): DeadLetter {
  return {
    id: 'AAAAAAAAAAAAAAAA',
    root: 'events/17',
    standing: openStanding,
    revision: 1,
    replay: 0,
    failedReplay: 0,
    reason: 'AAAAAAAAAAAAAAAA',
    source: undefined,
    type: undefined,
    firstAtMs: noon + 1_000,
    draft: undefined,
    known: [],
    kept: [],
    history: [],
    failure: { code: 'ERR_UNDECODABLE', stage: 'validate', detail: 'not JSON' },
    stream: 'orders',
    eventId: 7,
    failedAtMs: noon,
    filedAtMs: noon + 1_000,
    messageIds: ['17'],
    message: { data: Buffer.from(data), attributes: letter.attributes ?? {} },
    ...letter,
  };
}

interface LetterData {
  readonly data?: string | Uint8Array;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A console on stores in memory, which a test fills first. */
export class ConsoleUnderTest {
  readonly ledger = new EmbeddedGapLedger(async () => undefined);
  readonly letters = new EmbeddedDeadLetterStore(async () => undefined);
  readonly reconciliations = new EmbeddedReconciliationStore(async () => undefined);
  readonly console: Console;
  private readonly blocks = new EmbeddedBlockStore(async () => undefined);

  /** @param wrap Changes what the console sees of the ledger. */
  constructor(catalog: CatalogDefinition = {}, wrap: (ledger: GapLedger) => GapLedger = (ledger) => ledger) {
    const { blocks, letters, reconciliations } = this;
    const ledger = wrap(this.ledger);
    const clock = { now: () => noon + 60_000 };
    this.console = makeConsole({ blocks, ledger, letters, reconciliations, catalog: makeCatalog(catalog), clock });
  }

  /** Lets a stream hold ids. */
  async hold(stream: string, ids: readonly number[], cell?: Cell): Promise<void> {
    await hold(this.blocks, stream, cellsOf(ids, cell));
  }

  async progress(stream: string, progress: Partial<Progress>): Promise<void> {
    await this.ledger.saveProgress(stream, aProgress({ ...progress, stream }), undefined);
  }

  async file(...letters: readonly DeadLetter[]): Promise<void> {
    for (const letter of letters) await this.letters.save(letter, undefined);
  }

  get(path: string, method = 'GET'): Promise<ConsoleResponse> {
    const [before = '', query] = path.split('?');
    return this.console({ method, path: before, query: new URLSearchParams(query) });
  }

  async getJson(path: string): Promise<unknown> {
    return JSON.parse((await this.get(path)).body);
  }
}
