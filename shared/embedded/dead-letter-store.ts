import { auditEntryOf, type AuditEntry } from '../dead-letter/audit.ts';
import { headOf, type DeadLetterHead, type DeadLetter } from '../dead-letter/dead-letter.ts';
import type { Code } from '../failure.ts';
import type { Message } from '../messages/message.ts';
import type { DeadLetterStore, Version, Versioned } from '../ports.ts';
import type { Step } from './steps.ts';
import { VersionedMap } from './versioned-map.ts';

/** Stores dead letters in memory. */
export class EmbeddedDeadLetterStore implements DeadLetterStore {
  private readonly step: Step;
  private readonly onChange: (entry: AuditEntry) => void;
  private readonly records = new VersionedMap<DeadLetter>();
  private readonly bodies = new Map<string, Message | 'erased'>();

  /** @param onChange Receives the entry of each change, as part of the write. */
  constructor(step: Step, onChange: (entry: AuditEntry) => void = () => undefined) {
    this.step = step;
    this.onChange = onChange;
  }

  async find(id: string): Promise<Versioned<DeadLetter> | undefined> {
    await this.step();
    return this.records.get(id);
  }

  async head(id: string): Promise<DeadLetterHead | undefined> {
    await this.step();
    const found = this.records.get(id);
    return found && headOf(found.value);
  }

  async save(record: DeadLetter, expected: Version | undefined): Promise<boolean> {
    await this.step();
    const isSaved = this.records.put(record.id, record, expected) !== undefined;
    if (isSaved && record.erasedAtMs !== undefined)
      for (const replay of record.kept) this.bodies.set(`${replay} ${record.root}`, 'erased');
    const entry = auditEntryOf(record);
    if (isSaved && entry) this.onChange(entry);
    return isSaved;
  }

  async due(nowMs: number, limit: number): Promise<readonly string[]> {
    await this.step();
    const due = this.records.values().flatMap(({ value: { id, standing } }) => {
      const atMs = 'dueAtMs' in standing ? standing.dueAtMs : undefined;
      return atMs !== undefined && atMs <= nowMs ? [{ id, atMs }] : [];
    });
    return due
      .sort((a, b) => a.atMs - b.atMs)
      .slice(0, limit)
      .map(({ id }) => id);
  }

  async postpone(record: DeadLetter, expected: Version): Promise<boolean> {
    await this.step();
    return this.records.put(record.id, record, expected) !== undefined;
  }

  async ids(limit: number, after = ''): Promise<readonly string[]> {
    await this.step();
    const ids = this.records.keys().filter((id) => id > after);
    return ids.sort().slice(0, limit);
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
    const name = `${replay} ${root}`;
    if (this.bodies.get(name) !== 'erased') this.bodies.set(name, { data, attributes });
  }

  async kept(root: string, replay: number): Promise<Message | undefined> {
    await this.step();
    const kept = this.bodies.get(`${replay} ${root}`);
    return kept === 'erased' ? undefined : kept;
  }

  /** Returns every record, at once, in no particular order. */
  everyRecord(): readonly DeadLetter[] {
    return this.records.values().map(({ value }) => value);
  }

  /** Returns the number of changes so far. */
  changes(): number {
    return this.records.changes();
  }

  private newestFirst(): DeadLetter[] {
    return this.everyRecord().toSorted((a, b) => b.failedAtMs - a.failedAtMs);
  }
}
