import type { Message } from '../messages/message.ts';
import type { CleanEventStore, EventWindow } from '../event-ports.ts';
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

  async event(key: string): Promise<Message | undefined> {
    await this.step();
    const kept = this.byKey.get(key);
    return kept && 'event' in kept ? kept.event : undefined;
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

  /** Returns the events that no other ones superseded. */
  private standing(): Message[] {
    return [...this.byKey.values()].flatMap((kept) => ('event' in kept ? [kept.event] : []));
  }

  /** Returns the event or the tombstone of a key. */
  find(key: string): Kept | undefined {
    return this.byKey.get(key);
  }
}
