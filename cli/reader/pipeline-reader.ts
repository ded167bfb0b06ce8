import type { AdvisedStream } from '../../shared/views/load-advised.ts';
import type { LedgerPage, LedgerQuery } from '../../shared/views/load-ledger.ts';
import type { ReconciliationView } from '../../shared/views/reconciliation-view.ts';

/** Reads what a pipeline holds: from its stores, or through its console. */
export interface PipelineReader {
  readonly nowMs: () => number;
  /** Lists the names of all streams. */
  readonly streams: () => AsyncIterable<string>;
  /** @throws CommandError if nothing is stored of a stream. Its name is most likely mistyped. */
  readonly checkKnown: (stream: string) => Promise<void>;
  /** @returns Undefined for a stream that has nothing stored. */
  readonly advised: (stream: string) => Promise<AdvisedStream | undefined>;
  readonly ledger: (stream: string, query: LedgerQuery) => Promise<LedgerPage>;
  /** @param at The timestamp of an event with a uuid. */
  readonly story: (stream: string, id: string, at: string | undefined) => Promise<ToldStory>;
  readonly reconciliations: () => Promise<readonly ReconciliationView[]>;
}

/** The story of an id or a uuid: as lines, and as a value for JSON. */
export interface ToldStory {
  readonly lines: readonly string[];
  readonly value: object;
}
