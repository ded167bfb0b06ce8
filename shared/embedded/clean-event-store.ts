import type { Message } from '../messages/message.ts';
import type { CleanEventStore, EventWindow, StoredEvent } from '../event-ports.ts';
import type { Step } from './steps.ts';

/** A clean event, the tombstone of a superseded event, or the time at which an event was erased. */
export type Kept = { readonly event: Message } | { readonly supersededBy: string } | { readonly erasedAtMs: number };

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

  async event(key: string): Promise<Message | undefined> {
    await this.step();
    return eventIn(this.byKey.get(key));
  }

  async ofId(stream: string, id: number, limit: number): Promise<readonly Message[]> {
    await this.step();
    const isOfId = ({ attributes }: Message): boolean =>
      attributes.stream === stream && attributes.event_id === String(id);
    return this.standing().filter(isOfId).slice(0, limit);
  }

  async *within({ stream, type, startMs, endMs }: EventWindow): AsyncIterable<Message> {
    await this.step();
    const timeOf = ({ attributes }: Message): number => Date.parse(attributes.event_time ?? '');
    const found = this.standing().filter((event) => {
      const { attributes } = event;
      return (
        attributes.stream === stream && attributes.type === type && timeOf(event) >= startMs && timeOf(event) < endMs
      );
    });
    yield* found.toSorted((a, b) => timeOf(a) - timeOf(b));
  }

  async *all(after = ''): AsyncIterable<StoredEvent> {
    await this.step();
    for (const position of [...this.byKey.keys()].sort())
      if (position > after) yield { position, event: eventIn(this.byKey.get(position)) };
  }

  async erase(position: string, nowMs: number): Promise<void> {
    await this.step();
    if (eventIn(this.byKey.get(position))) this.byKey.set(position, { erasedAtMs: nowMs });
  }

  /** Returns the events that no other ones superseded. */
  private standing(): Message[] {
    return [...this.byKey.values()].flatMap((kept) => eventIn(kept) ?? []);
  }

  /** Returns what is stored under a key. */
  find(key: string): Kept | undefined {
    return this.byKey.get(key);
  }
}

function eventIn(kept: Kept | undefined): Message | undefined {
  return kept && 'event' in kept ? kept.event : undefined;
}
