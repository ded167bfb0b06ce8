import { gapView, type GapView } from '../../shared/views/gap-view.ts';
import { letterView, type LetterView } from '../../shared/views/letter-view.ts';
import { headOf, letterId } from '../../shared/dead-letter/record.ts';
import { gapRoot } from '../../shared/gaps/unrecoverable.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import { spellUnreadable } from '../../shared/gaps/spell-unreadable.ts';
import { blockIndex, cellOf, highestId, type Cell } from '../../shared/tracking/block.ts';
import type { Stores } from '../stores.ts';

/** Everything that Eventmend knows of one id. */
export interface Facts {
  readonly stream: string;
  readonly eventId: number;
  /** As the last sweep left it. */
  readonly progress: Progress | undefined;
  /** The highest id that the stream holds by now. */
  readonly highWater: number | undefined;
  /** Whether the id's block is stored. If not, no id of the block has come, or the block is forgotten. */
  readonly isBlockStored: boolean;
  /** When the block may be forgotten, in milliseconds since 1970. */
  readonly expireAtMs: number | undefined;
  readonly cell: Cell;
  /** The gap that the id was found missing in. */
  readonly gap: GapView | undefined;
  /** The unreadable rows of gaps that may contain the id, one line each. */
  readonly unreadableGaps?: readonly string[];
  /** The letters about the id and about its gap. */
  readonly letters: readonly TracedLetter[];
}

/** A letter, and how often it came. It comes again if its replay fails, or after a crash. */
export type TracedLetter = LetterView & { readonly times: number };

/** The most letters about one id that are shown. */
const maxLetters = 50;

export async function loadFacts({ blocks, ledger, letters }: Stores, stream: string, eventId: number): Promise<Facts> {
  const [[stored], last, progress, rows, about] = await Promise.all([
    blocks.read([{ stream, index: blockIndex(eventId) }]),
    blocks.last(stream),
    ledger.progress(stream),
    ledger.overlapping({ stream, index: blockIndex(eventId) }),
    letters.about(stream, eventId, maxLetters),
  ]);
  const gap = rows.gaps.find(({ value }) => value.from <= eventId && eventId <= value.to);
  const gapLetter = gap && (await letters.find(letterId(gapRoot(stream, gap.value.from))));
  const isBlockStored = stored?.version !== undefined;
  return {
    stream,
    eventId,
    progress: progress?.value,
    highWater: last && highestId(last),
    isBlockStored,
    expireAtMs: isBlockStored && Number.isFinite(stored.expireAtMs) ? stored.expireAtMs : undefined,
    cell: stored ? cellOf(stored.block, eventId) : [],
    gap: gap && gapView(gap.value, undefined),
    unreadableGaps: rows.unreadable
      .filter(({ from, to = eventId }) => from <= eventId && eventId <= to)
      .map(spellUnreadable),
    letters: [...about, ...(gapLetter ? [headOf(gapLetter.value)] : [])].map((letter) => ({
      ...letterView(letter),
      times: letter.messageIds.length,
    })),
  };
}
