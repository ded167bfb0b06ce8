import type { GapState } from '../../shared/gaps/gap.ts';
import type { GapView } from '../../shared/views/gap-view.ts';
import type { LedgerPage } from '../../shared/views/load-ledger.ts';
import { spellRevisions } from '../../shared/views/spell-revisions.ts';
import { gapsUnknown } from '../../shared/views/unnumbered-view.ts';
import type { PipelineReader } from '../reader/pipeline-reader.ts';

/** The gaps that a user wants to see. */
export interface WantedGaps {
  /** Undefined for all streams. */
  readonly stream: string | undefined;
  readonly states: readonly GapState[];
  /** The maximum number of gaps of each stream. */
  readonly limit: number;
}

/** A gap as it is printed. */
export type GapRow = GapView & { readonly stream: string };

/** The wanted gaps of one stream. */
export interface StreamGaps {
  readonly isUnnumbered: boolean;
  /** Ascending by id. */
  readonly rows: readonly GapRow[];
  /** Descriptions of the rows that cannot be read. */
  readonly unreadable: readonly string[];
  /** A line each for what the rows do not say. */
  readonly notes: readonly string[];
}

/** Loads the wanted gaps, stream by stream. */
export async function* loadGapRows(
  reader: Pick<PipelineReader, 'streams' | 'ledger'>,
  { stream, states, limit }: WantedGaps,
): AsyncGenerator<StreamGaps, void, undefined> {
  for await (const name of stream === undefined ? reader.streams() : [stream]) {
    const found: GapView[] = [];
    const unreadable: string[] = [];
    let page: LedgerPage | undefined;
    do {
      page = await reader.ledger(name, { states, limit: limit - found.length, below: page?.next });
      found.push(...page.gaps);
      unreadable.push(...page.unreadable.map((text) => `${name}: ${text}`));
    } while (page.next !== undefined && found.length < limit);
    const { isUnnumbered, revisions } = page;
    const notes = [
      ...(isUnnumbered ? [`${name}: ${gapsUnknown}`] : []),
      ...(revisions > 0 ? [`${name}: ${spellRevisions(revisions)}`] : []),
    ];
    const rows = found.map((gap) => ({ stream: name, ...gap })).toReversed();
    yield { isUnnumbered, rows, unreadable, notes };
  }
}
