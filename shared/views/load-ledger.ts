import type { Catalog } from '../catalog-definition.ts';
import type { Gap, GapState } from '../gaps/gap.ts';
import { afterReset } from '../gaps/reset.ts';
import { spellUnreadable } from '../gaps/spell-unreadable.ts';
import type { UnreadableGap } from '../ports.ts';
import { gapView, statesOf, type GapView } from './gap-view.ts';
import type { ConsoleDeps } from './load.ts';
import { loadUnresolved } from './unresolved-gaps.ts';

/** A page of the gap ledger of a stream. */
export interface LedgerPage {
  readonly stream: string;
  /** Whether the stream has no numbers, so that nobody knows whether it has gaps. */
  readonly isUnnumbered: boolean;
  /** The number of published events whose ids other events hold. */
  readonly revisions: number;
  /** The gaps that are wanted, the highest ids first. */
  readonly gaps: readonly GapView[];
  /** Descriptions of the unreadable rows, whatever their state. */
  readonly unreadable: readonly string[];
  /** The next page has the gaps that begin below this id. Undefined if this is the last page. */
  readonly next: number | undefined;
}

export interface LedgerQuery {
  readonly states: readonly GapState[];
  /** The maximum number of gaps. */
  readonly limit: number;
  /** Only gaps that begin below this id. */
  readonly below?: number | undefined;
}

/** The rows that are read at once, and in all for one page. */
const rowsAtOnce = 500;
const maxRows = 5_000;

/** Loads a page of the gap ledger. It can have fewer gaps than wanted, since only so many rows are looked at. */
export async function loadLedger(
  deps: Pick<ConsoleDeps, 'blocks' | 'ledger'> & { readonly catalog: Pick<Catalog, 'stream'> },
  stream: string,
  query: LedgerQuery,
): Promise<LedgerPage> {
  const { blocks, ledger, catalog } = deps;
  const { gaps, unreadable, next } = await findRows(ledger, stream, query);
  const settings = afterReset(catalog.stream(stream), (await ledger.progress(stream))?.value);
  const present = await loadUnresolved(blocks, stream, gaps.toReversed(), settings);
  return {
    stream,
    isUnnumbered: catalog.stream(stream).numbering === 'none',
    revisions: await blocks.revisions(stream),
    gaps: gaps.map((gap) => gapView(gap, present.get(gap.from))),
    unreadable: unreadable.map(spellUnreadable),
    next,
  };
}

interface FoundRows {
  readonly gaps: readonly Gap[];
  readonly unreadable: readonly UnreadableGap[];
  readonly next: number | undefined;
}

async function findRows(
  ledger: Pick<ConsoleDeps['ledger'], 'list'>,
  stream: string,
  { states, limit, below }: LedgerQuery,
): Promise<FoundRows> {
  const gaps: Gap[] = [];
  const unreadable: UnreadableGap[] = [];
  let next = below;
  for (let read = 0; read < maxRows; read += rowsAtOnce) {
    const page = await ledger.list(stream, rowsAtOnce, next);
    gaps.push(...page.gaps.filter((gap) => statesOf(gap).some((state) => states.includes(state))));
    unreadable.push(...page.unreadable);
    next = page.next;
    if (next === undefined || gaps.length >= limit) break;
  }
  const shown = gaps.slice(0, limit);
  const cutAt = gaps.length > limit ? shown.at(-1)?.from : next;
  return { gaps: shown, unreadable: unreadable.filter(({ from }) => from >= (cutAt ?? 0)), next: cutAt };
}
