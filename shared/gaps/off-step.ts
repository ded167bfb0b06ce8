import type { BlockStore } from '../ports.ts';
import { blockIndex } from '../tracking/block.ts';
import { stepOf } from './expected-ids.ts';
import { eventIdsIn, outlineOf } from './block-outline.ts';
import type { Range } from './range.ts';
import { eventsForPhase, expectedIn, type DoubtSettings } from './surroundings.ts';

/** The events of a stream with a step whose ids are not expected. They are accepted. */
export interface OffStep {
  readonly count: number;
  /** The lowest of them, ascending, at most eight. */
  readonly ids: readonly number[];
}

export const noneOffStep: OffStep = { count: 0, ids: [] };

/** The maximum number of ids to list. */
const maxListedOffStep = 8;
/** The number of ids that are judged together. */
const idsAtOnce = 4_096;

export function joinOffStep(a: OffStep, b: OffStep): OffStep {
  return { count: a.count + b.count, ids: [...a.ids, ...b.ids].slice(0, maxListedOffStep) };
}

/** Whether an id is none of those that a stream with a step expects. @param events The ids of events near it, ascending. */
export function isOffStep(id: number, events: readonly number[], settings: DoubtSettings): boolean {
  return expectedIn({ from: id, to: id }, events, settings) === undefined;
}

/**
 * Counts the events of a range that are off the step. Every block of the range is read. Without a step there are none,
 * and nothing is read.
 */
export async function countOffStep(
  blocks: Pick<BlockStore, 'scan'>,
  stream: string,
  { from, to }: Range,
  settings: DoubtSettings,
): Promise<OffStep> {
  if (stepOf(settings) === 1 || to < from) return noneOffStep;
  const found = { count: 0, ids: [] as number[] };
  let events: readonly number[] = [];
  let judgedTo = -1;
  const judge = (end: number): void => {
    const off = events.slice(0, end).filter((id) => id > judgedTo && isOffStep(id, events, settings));
    found.count += off.length;
    found.ids.push(...off.slice(0, maxListedOffStep - found.ids.length));
    judgedTo = events[end - 1] ?? judgedTo;
  };
  for await (const block of blocks.scan(stream, blockIndex(from), blockIndex(to))) {
    events = [...events, ...eventIdsIn(outlineOf(block)).filter((id) => id >= from && id <= to)];
    if (events.length < idsAtOnce) continue;
    // The highest ids are judged when their neighbours above are known.
    judge(events.length - eventsForPhase);
    events = events.slice(-2 * eventsForPhase);
  }
  judge(events.length);
  return found;
}
