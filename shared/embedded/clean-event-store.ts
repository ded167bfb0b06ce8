import type { Message } from '../messages/message.ts';
import type { CleanEventStore } from '../ports.ts';
import type { Step } from './steps.ts';

/** A clean event, or the tombstone of a superseded event. */
export type Kept = { readonly event: Message } | { readonly supersededBy: string };

/** Stores clean events in memory. */
export class EmbeddedCleanEventStore implements CleanEventStore {
  private readonly step: Step;
  private readonly byKey = new Map<string, Kept>();

  constructor(step: Step) {
    this.step = step;
  }

  async put(key: string, event: Message): Promise<void> {
    await this.step();
    if (!this.byKey.has(key)) this.byKey.set(key, { event });
  }

  async bury(key: string, supersededBy: string): Promise<void> {
    await this.step();
    this.byKey.set(key, { supersededBy });
  }

  /** Returns the event or the tombstone of a key. */
  find(key: string): Kept | undefined {
    return this.byKey.get(key);
  }
}
