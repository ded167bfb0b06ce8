import { headOf, type DeadLetterHead, type DeadLetter } from '../dead-letter/dead-letter.ts';
import type { Code } from '../failure.ts';
import type { Message } from '../messages/message.ts';
import type { DeadLetterStore, Version, Versioned } from '../ports.ts';
import type { Step } from './steps.ts';
import { VersionedMap } from './versioned-map.ts';

/** Stores dead letters in memory. */
export class EmbeddedDeadLetterStore implements DeadLetterStore {
  private readonly step: Step;
  private readonly records = new VersionedMap<DeadLetter>();
  private readonly bodies = new Map<string, Message>();

  constructor(step: Step) {
    this.step = step;
  }

  async find(id: string): Promise<Versioned<DeadLetter> | undefined> {
    await this.step();
    return this.records.get(id);
  }

  async save(record: DeadLetter, expected: Version | undefined): Promise<boolean> {
    await this.step();
    return this.records.put(record.id, record, expected) !== undefined;
  }

  async list(limit: number): Promise<readonly DeadLetterHead[]> {
    await this.step();
    return this.newestFirst().slice(0, limit).map(headOf);
  }

  /** Returns every letter with its message, the newest first. */
  async all(): Promise<readonly DeadLetter[]> {
    await this.step();
    return this.newestFirst();
  }

  async openByCode(): Promise<ReadonlyMap<Code, number>> {
    await this.step();
    const counts = new Map<Code, number>();
    for (const { standing, failure } of this.newestFirst())
      if (standing.state === 'open') counts.set(failure.code, (counts.get(failure.code) ?? 0) + 1);
    return counts;
  }

  async about(stream: string, id: number | string, limit: number): Promise<readonly DeadLetterHead[]> {
    await this.step();
    const about = this.newestFirst().filter(
      (letter) => letter.stream === stream && (letter.eventId ?? letter.uuid) === id,
    );
    return about.slice(0, limit).map(headOf);
  }

  async keep(root: string, replay: number, { data, attributes }: Message): Promise<void> {
    await this.step();
    this.bodies.set(`${replay} ${root}`, { data, attributes });
  }

  async kept(root: string, replay: number): Promise<Message | undefined> {
    await this.step();
    return this.bodies.get(`${replay} ${root}`);
  }

  private newestFirst(): DeadLetter[] {
    const records = this.records.values().map(({ value }) => value);
    return records.sort((a, b) => b.failedAtMs - a.failedAtMs);
  }
}
