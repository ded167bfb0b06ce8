import { setTimeout } from 'node:timers/promises';
import type { Message } from '@google-cloud/pubsub';

/** How long nothing may come out before a round ends, in milliseconds. */
const maxStillMs = 30_000;
/** How long second copies are waited for after the last event, in milliseconds. */
const settleMs = 1_000;

/** The clean events that come out in a round. */
export class Arrivals {
  /** The ids of the messages, by the id of their event. */
  private readonly cleaned = new Map<number, Set<string>>();

  clear(): void {
    this.cleaned.clear();
  }

  take({ id: messageId, data }: Pick<Message, 'id' | 'data'>): void {
    const { event_id: id } = JSON.parse(String(data)) as { readonly event_id: number };
    const messages = this.cleaned.get(id) ?? new Set();
    this.cleaned.set(id, messages.add(messageId));
  }

  /** Waits until all events have come out, or none comes any more. */
  async rest(events: number): Promise<void> {
    let lastCount = -1;
    let movedAtMs = performance.now();
    while (this.cleaned.size < events && performance.now() - movedAtMs < maxStillMs) {
      if (this.cleaned.size !== lastCount) movedAtMs = performance.now();
      lastCount = this.cleaned.size;
      await setTimeout(5);
    }
  }

  /** Counts the events that did not come out, and those that came out more than once. */
  async count(ids: readonly number[]): Promise<{ readonly lost: number; readonly twice: number }> {
    await setTimeout(settleMs);
    const copies = ids.map((id) => this.cleaned.get(id)?.size ?? 0);
    return { lost: copies.filter((count) => count === 0).length, twice: copies.filter((count) => count > 1).length };
  }
}
