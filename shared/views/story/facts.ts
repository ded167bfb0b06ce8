import { gapView, type GapView } from '../gap-view.ts';
import { letterView, type LetterView } from '../letter-view.ts';
import { letterId } from '../../dead-letter/arrived-letter.ts';
import { headOf, type DeadLetterHead } from '../../dead-letter/dead-letter.ts';
import { letterRootOf } from '../../gaps/unrecoverable.ts';
import { isTooLong, stepOf } from '../../gaps/expected-ids.ts';
import { isUnresolved, type Gap } from '../../gaps/gap.ts';
import { outlinesIn } from '../../gaps/block-outline.ts';
import { loadEventsAround } from '../../gaps/load-events.ts';
import { isOffStep } from '../../gaps/off-step.ts';
import { sizeOf } from '../../gaps/range.ts';
import { afterReset, type NumberedSettings } from '../../gaps/reset.ts';
import { spellUnreadable } from '../../gaps/spell-unreadable.ts';
import { loadUnresolved } from '../unresolved-gaps.ts';
import { blockIndex, cellOf, highestId, type Cell } from '../../tracking/block.ts';
import type { StoryStores } from './stores.ts';
import { whereaboutsOf, type Whereabouts } from './whereabouts.ts';

/** Everything that Eventmend knows of one id. */
export interface Facts {
  readonly stream: string;
  readonly eventId: number;
  /** Where the id lies, as the last sweep left it. */
  readonly whereabouts: Whereabouts;
  /** The step of the ids of the stream, if the id lies in a front and is none of those that are expected. */
  readonly offStep?: number | undefined;
  /** When a sweep last ran, in milliseconds since 1970. */
  readonly sweptAtMs: number | undefined;
  /** The highest id that is stored by now. */
  readonly highest: number | undefined;
  /** Whether the id's block is stored. If not, no id of the block has come, or the block is forgotten. */
  readonly isBlockStored: boolean;
  /** When the block may be forgotten, in milliseconds since 1970. */
  readonly expireAtMs: number | undefined;
  readonly cell: Cell;
  /** The gaps that contain the id. The first one says most of it: the shortest, unresolved gaps before others. */
  readonly gaps: readonly GapView[];
  /** The unreadable rows of gaps that may contain the id, one line each. */
  readonly unreadableGaps?: readonly string[];
  /** The letters about the id and about its gap. */
  readonly letters: readonly TracedLetter[];
}

/** A letter, and how often it came. It comes again if its replay fails, or after a crash. */
export type TracedLetter = LetterView & { readonly times: number };

/** The most letters about one id that are shown. */
const maxLetters = 50;

export async function loadFacts(
  { blocks, ledger, letters, catalog, clock }: StoryStores,
  stream: string,
  eventId: number,
): Promise<Facts> {
  const [[stored], last, progress, rows, about] = await Promise.all([
    blocks.read([{ stream, index: blockIndex(eventId) }]),
    blocks.last(stream),
    ledger.progress(stream),
    ledger.overlapping({ stream, index: blockIndex(eventId) }),
    letters.about(stream, eventId, maxLetters),
  ]);
  const settings = afterReset(catalog.stream(stream), progress?.value);
  const around = rows.gaps.map(({ value }) => value).filter(({ from, to }) => from <= eventId && eventId <= to);
  const gaps = around.toSorted(
    (a, b) =>
      Number(isTooLong(a, settings)) - Number(isTooLong(b, settings)) ||
      Number(isUnresolved(b)) - Number(isUnresolved(a)) ||
      sizeOf(a) - sizeOf(b),
  );
  const gapLetters = await findGapLetters(letters, gaps);
  const present = await loadUnresolved(blocks, stream, gaps.toSorted(ascending), settings);
  const whereabouts = whereaboutsOf(progress?.value, eventId, clock.now(), settings);
  const isBlockStored = stored?.version !== undefined;
  return {
    stream,
    eventId,
    whereabouts,
    offStep: whereabouts.where === 'front' ? await offStepOf(blocks, stream, eventId, settings) : undefined,
    sweptAtMs: progress?.value.sweptAtMs,
    highest: last && highestId(last),
    isBlockStored,
    expireAtMs: isBlockStored && Number.isFinite(stored.expireAtMs) ? stored.expireAtMs : undefined,
    cell: stored ? cellOf(stored.block, eventId) : [],
    gaps: gaps.map((gap) => gapView(gap, present.get(gap.from))),
    unreadableGaps: rows.unreadable
      .filter(({ from, to = eventId }) => from <= eventId && eventId <= to)
      .map(spellUnreadable),
    letters: [...about, ...gapLetters].map((letter) => ({
      ...letterView(letter),
      times: letter.messageIds.length,
    })),
  };
}

function ascending(a: Gap, b: Gap): number {
  return a.from - b.from;
}

async function offStepOf(
  blocks: StoryStores['blocks'],
  stream: string,
  eventId: number,
  settings: NumberedSettings,
): Promise<number | undefined> {
  const step = stepOf(settings);
  if (step === 1) return undefined;
  const events = await loadEventsAround(outlinesIn(blocks), stream, [{ from: eventId, to: eventId }]);
  return isOffStep(eventId, events, settings) ? step : undefined;
}

/** The most gaps whose letters are looked for. */
const maxGapLetters = 8;

/** Finds the letters about gaps. One letter can list several gaps. A letter of an older release has the gap's name. */
async function findGapLetters(
  letters: StoryStores['letters'],
  gaps: readonly Gap[],
): Promise<readonly DeadLetterHead[]> {
  const roots = new Set(gaps.slice(0, maxGapLetters).map((gap) => letterRootOf(gap)));
  const found = await Promise.all([...roots].map((root) => letters.find(letterId(root))));
  return found.flatMap((letter) => (letter ? [headOf(letter.value)] : []));
}
