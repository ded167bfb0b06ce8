import { makeRandom } from '../../shared/embedded/random.ts';
import { HistoryWindow } from '../../shared/inference/history-window.ts';
import { LruCache } from '../../shared/lru-cache.ts';
import type { Known } from '../../shared/inference/neighbours.ts';
import { minuteMs, noon } from './builders.ts';

/** Makes a history window of some events only. @param known The events, in ascending order of id. */
export function aHistoryWindow(known: readonly Known[]): HistoryWindow {
  return new HistoryWindow(known, new LruCache({ maxEntries: 9 }), 'window');
}

/** The next steps of a fictional shop's orders, with their probabilities. */
const steps: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  placed: [['paid', 1]],
  paid: [
    ['packed', 0.8],
    ['checked', 0.2],
  ],
  checked: [
    ['packed', 0.5],
    ['refused', 0.5],
  ],
  packed: [['sent', 1]],
  sent: [
    ['delivered', 0.7],
    ['lost', 0.3],
  ],
};

export interface ShopEventsOptions {
  readonly events: number;
  readonly seed: number;
  /** The number of orders that are under way at the same time. */
  readonly underway?: number;
  readonly firstId?: number;
}

/** Makes the events of a fictional shop, with consecutive ids. Several orders advance at the same time, by random steps. */
export function shopEvents({ events, seed, underway = 6, firstId = 1 }: ShopEventsOptions): Known[] {
  const random = makeRandom(seed);
  const open: { type: string; readonly entity: number }[] = [];
  let [orders, instantMs] = [0, noon];
  return Array.from({ length: events }, (_, i) => {
    instantMs += Math.ceil(random() * minuteMs);
    const at = Math.floor(random() * underway);
    const order = open[at] ?? { type: '', entity: ++orders };
    open[at] = order;
    order.type = order.type === '' ? 'placed' : nextOf(order.type, random());
    const event = { eventId: firstId + i, type: order.type, instantMs, entity: order.entity };
    if (!(order.type in steps)) open[at] = { type: '', entity: ++orders };
    return event;
  });
}

function nextOf(type: string, chance: number): string {
  let left = chance;
  const ways = steps[type] ?? [];
  return (ways.find(([, share]) => (left -= share) < 0) ?? ways.at(-1)!)[0];
}

/** Removes the entities from events. */
export function withoutEntities(events: readonly Known[]): Known[] {
  return events.map((event) => ({ ...event, entity: 0 }));
}
