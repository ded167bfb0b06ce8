import type { EmbeddedStores } from '../../shared/embedded/ports.ts';
import { settledRetentionMs, type DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { discard } from '../../shared/dead-letter/operator-change.ts';
import { replayMessage, type ReplayOptions } from '../../shared/dead-letter/replay.ts';
import { attributeNames } from '../../shared/messages/attributes.ts';
import type { Clock, Publisher, Random } from '../../shared/ports.ts';
import type { Coverage } from './coverage.ts';
import type { Journal } from './journal.ts';
import { groupBy } from './laws/group-by.ts';
import { recordIn, sentAttribute } from './sent-message.ts';
import { unnumberedStreams } from './setting.ts';

export interface OperatorDeps {
  readonly letters: EmbeddedStores['letters'];
  readonly publisher: Publisher;
  readonly random: Random;
  readonly clock: Pick<Clock, 'now'>;
  readonly journal: Journal;
  readonly coverage: Coverage;
}

/** The operator: replays letters unchanged, edited, or as a replacement of other content, and discards some. */
export class Operator {
  private readonly deps: OperatorDeps;
  /** The ids of the letters that were replayed as a replacement. */
  private readonly replacements = new Set<string>();

  constructor(deps: OperatorDeps) {
    this.deps = deps;
  }

  /** Replays a random letter in a random way. */
  async replayAny(): Promise<void> {
    const letter = this.pick(await this.producersLetters());
    if (letter) await this.replay(letter, this.options(letter));
  }

  /** Replays a letter with other bytes. */
  async replayEdited(letter: DeadLetter): Promise<void> {
    const { attributes } = letter.message;
    if (attributes[sentAttribute] !== undefined && attributes.void === undefined)
      await this.replay(letter, { edited: this.edit(letter) });
  }

  /** Replaces the content of a key. Prefers the key that was replaced most often and has an unused letter. */
  async replaceOnceMore(): Promise<void> {
    const refused = (await this.producersLetters()).filter(
      ({ failure, message }) =>
        (failure.code === 'ERR_CONFLICT' || failure.code === 'ERR_DUPLICATE') && message.attributes.void === undefined,
    );
    const ofOneKey = groupBy(
      refused,
      ({ stream, message }) => `${stream ?? ''} ${message.attributes[attributeNames.key] ?? ''}`,
    );
    const done = (letters: readonly DeadLetter[]): number =>
      letters.filter(({ id }) => this.replacements.has(id)).length;
    const [best] = [...ofOneKey.values()]
      .filter((letters) => done(letters) < letters.length)
      .sort((a, b) => done(b) - done(a) || b.length - a.length);
    const letter = best?.find(({ id }) => !this.replacements.has(id));
    if (!letter) return;
    this.replacements.add(letter.id);
    await this.replay(letter, { replace: true, edited: this.edit(letter) });
  }

  /** Discards a random letter. */
  async discardAny(): Promise<void> {
    const { letters, coverage, clock } = this.deps;
    const letter = this.pick(await this.producersLetters());
    const found = letter && (await letters.find(letter.id));
    if (!found) return;
    const { revision } = found.value;
    const operator = { by: 'operator', nowMs: clock.now(), revision, retentionMs: settledRetentionMs };
    const result = discard(found.value, 'a test', operator);
    if (result.refusal === undefined && (await letters.save(result.record, found.version)))
      coverage.situation('letter discarded by the operator');
  }

  /** Replays every message that Pub/Sub gave up. */
  async replayGivenUp(): Promise<void> {
    for (const letter of await this.producersLetters())
      if (letter.failure.code === 'ERR_DELIVERY') await this.replay(letter, {});
  }

  /** Reads the letters that contain their message. Letters about messages that are too large do not. */
  private async producersLetters(): Promise<readonly DeadLetter[]> {
    const all = await this.deps.letters.all();
    return all.filter(({ message }) => message.attributes[sentAttribute] !== undefined);
  }

  /** Picks a random letter. The newest are the most likely. */
  private pick(letters: readonly DeadLetter[]): DeadLetter | undefined {
    return letters[Math.floor(this.deps.random() ** 2 * letters.length)];
  }

  private options(letter: DeadLetter): ReplayOptions {
    const drawn = this.deps.random();
    const isVoid = letter.message.attributes.void === 'true';
    if (isVoid || drawn < 0.4) return {};
    if (drawn < 0.7 || letter.eventId === undefined) return { edited: this.edit(letter) };
    return drawn < 0.85 ? { replace: true } : { replace: true, edited: this.edit(letter) };
  }

  /** Makes a sound event to replace the producer's bytes, with the same id if that is known. */
  private edit({ eventId, message, root, stream }: DeadLetter): Uint8Array {
    const before = parse(Buffer.from(message.data).toString());
    const isUnnumbered = unnumberedStreams.some((name) => name === stream);
    const text = Buffer.from(message.data).toString();
    const event_id = isUnnumbered ? undefined : (eventId ?? (Number(/\d+/.exec(text)?.[0]) || 1));
    const timestamp =
      typeof before.timestamp === 'string' && before.timestamp !== 'yesterday'
        ? before.timestamp
        : '2026-06-01T00:00:00Z';
    const known = typeof before.uuid === 'string' ? before.uuid : undefined;
    const uuid = known ?? (isUnnumbered ? `edited ${root}` : undefined);
    const data = { amount: 100 + Math.floor(this.deps.random() * 3), edited: root };
    return Buffer.from(JSON.stringify({ event_id, type: 'Lead', timestamp, valid: true, uuid, data }));
  }

  private async replay(letter: DeadLetter, options: ReplayOptions): Promise<void> {
    const { journal, publisher } = this.deps;
    const message = replayMessage(letter, options);
    const n = journal.numberOf(letter.message.attributes);
    journal.count('replays');
    journal.replays.push({
      ...journal.stamp(),
      n,
      stream: letter.stream,
      eventId: letter.eventId ?? journal.idOf(n),
      record: recordIn(Buffer.from(message.data).toString()),
      uuid: uuidIn(Buffer.from(message.data).toString()),
      edited: options.edited && Buffer.from(options.edited).toString(),
      replace: options.replace === true,
    });
    await publisher.publish('mended-events', message);
  }
}

function uuidIn(text: string): string | undefined {
  const { uuid } = parse(text);
  return typeof uuid === 'string' ? uuid : undefined;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
