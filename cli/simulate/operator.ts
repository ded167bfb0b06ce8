import type { EmbeddedDeadLetterStore } from '../../shared/embedded/dead-letter-store.ts';
import type { LetterRecord } from '../../shared/dead-letter/record.ts';
import { replayMessage, type ReplayOptions } from '../../shared/dead-letter/replay.ts';
import type { Publisher, Random } from '../../shared/ports.ts';
import type { Journal } from './journal.ts';
import { sentOf } from './passage-ids.ts';

export interface OperatorDeps {
  readonly letters: EmbeddedDeadLetterStore;
  readonly publisher: Publisher;
  readonly random: Random;
  readonly journal: Journal;
}

/** Someone who looks at the letters now and then, and sends some round again: as they are, edited, or in place of another. */
export class Operator {
  private readonly deps: OperatorDeps;

  constructor(deps: OperatorDeps) {
    this.deps = deps;
  }

  async look(): Promise<void> {
    const { letters, random } = this.deps;
    const open = (await letters.all()).filter(({ message }) => sentOf(message.attributes) !== undefined);
    const letter = open[Math.floor(random() * open.length)];
    if (letter) await this.replay(letter, this.options(letter));
  }

  private options(letter: LetterRecord): ReplayOptions {
    const drawn = this.deps.random();
    const isVoid = letter.message.attributes.void === 'true';
    if (isVoid || drawn < 0.4) return {};
    if (drawn < 0.7 || letter.eventId === undefined) return { edited: this.edit(letter) };
    return drawn < 0.85 ? { replace: true } : { replace: true, edited: this.edit(letter) };
  }

  /** A sound event in place of the producer's bytes: of the same id, where that is known. */
  private edit({ eventId, message, root }: LetterRecord): Uint8Array {
    const before = parse(Buffer.from(message.data).toString());
    const event_id = eventId ?? (Number(/\d+/.exec(Buffer.from(message.data).toString())?.[0]) || 1);
    const timestamp =
      typeof before.timestamp === 'string' && before.timestamp !== 'yesterday'
        ? before.timestamp
        : '2026-06-01T00:00:00Z';
    const uuid = typeof before.uuid === 'string' ? { uuid: before.uuid } : {};
    const data = { amount: 100 + Math.floor(this.deps.random() * 3), edited: root };
    return Buffer.from(JSON.stringify({ event_id, type: 'Lead', timestamp, valid: true, ...uuid, data }));
  }

  private async replay(letter: LetterRecord, options: ReplayOptions): Promise<void> {
    const { journal, publisher } = this.deps;
    const message = replayMessage(letter, options);
    journal.count('replays');
    journal.replays.push({
      ...journal.stamp(),
      n: sentOf(letter.message.attributes),
      stream: letter.stream,
      eventId: letter.eventId,
      edited: options.edited && Buffer.from(options.edited).toString(),
      replace: options.replace === true,
    });
    await publisher.publish('mended-events', message);
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
