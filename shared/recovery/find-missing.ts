import { RetryableError } from '../errors.ts';
import { idsIn, type Range } from '../gaps/range.ts';
import type { Known } from '../inference/neighbours.ts';
import type { EventList } from '../ports.ts';
import { defaultWithinMs, type FindSettings } from './find-settings.ts';
import { readRecoveredEvent, type RecoveredEvent } from './recovered-event.ts';

/** The maximum number of pages that are looked through for one gap. */
const maxPages = 20;

/**
 * Looks for missing events in the list of a system of record: in the time between the events around them. If several
 * items have one number, the earliest is the event.
 *
 * @param near Known events around the missing ones. Without any, nothing is found.
 * @returns The events that were found, by id. None if the list of that time is too long to be read.
 * @throws RetryableError or AccessError if the system does not answer.
 */
export async function findMissing(
  list: EventList,
  find: FindSettings,
  missing: readonly Range[],
  near: readonly Known[],
): Promise<readonly RecoveredEvent[]> {
  const span = spanOf(missing, near, find.withinMs ?? defaultWithinMs);
  if (!span) return [];
  const wanted = new Set(idsIn(missing));
  const found = new Map<number, RecoveredEvent>();
  const query = { ...span, types: find.types, properties: find.properties };
  let after: string | undefined;
  for (let pages = 0; pages < maxPages; pages++) {
    const page = await list.page(query, after);
    if (page === 'unknown cursor') throw new RetryableError(`${find.system} no longer knows the cursor of its list`);
    for (const item of page.items) {
      const event = readRecoveredEvent(item, find);
      if (!event || !wanted.has(event.eventId)) continue;
      const before = found.get(event.eventId);
      if (!before || event.instantMs < before.instantMs) found.set(event.eventId, event);
    }
    if (page.next === undefined) return [...found.values()].sort((a, b) => a.eventId - b.eventId);
    after = page.next;
  }
  return [];
}

/** Returns the time in which the missing events were. Whole seconds, both ends included. */
function spanOf(missing: readonly Range[], near: readonly Known[], withinMs: number) {
  const [first, last] = [missing[0]?.from ?? 0, missing.at(-1)?.to ?? 0];
  const below = near.filter(({ eventId }) => eventId < first).toSorted((a, b) => b.eventId - a.eventId)[0];
  const above = near.filter(({ eventId }) => eventId > last).toSorted((a, b) => a.eventId - b.eventId)[0];
  const instants = [below, above].flatMap((known) => known?.instantMs ?? []);
  if (instants.length === 0) return undefined;
  const fromMs = Math.floor((Math.min(...instants) - withinMs) / 1_000) * 1_000;
  const toMs = Math.ceil((Math.max(...instants) + withinMs) / 1_000) * 1_000;
  return { fromMs, toMs };
}
