import type { Catalog } from '../../shared/catalog-definition.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import type { EmbeddedStores } from '../../shared/embedded/ports.ts';
import { RetryableError } from '../../shared/errors.ts';
import { writeAsk } from '../../shared/gaps/tick.ts';
import { attributeNames } from '../../shared/messages/attributes.ts';
import { LetterOperations, type OperationCaller } from '../../shared/operator/letter-operations.ts';
import type { Clock, Publisher, Random } from '../../shared/ports.ts';
import type { Coverage } from './coverage.ts';
import type { Journal } from './journal.ts';
import { groupBy } from './laws/group-by.ts';
import { recordIn, sentAttribute } from './sent-message.ts';
import { unnumberedStreams } from './setting.ts';

export interface OperatorDeps {
  readonly stores: Pick<EmbeddedStores, 'letters' | 'blocks' | 'ledger'>;
  readonly publisher: Publisher;
  readonly catalog: Catalog;
  readonly random: Random;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly coverage: Coverage;
}

/** How an operator replays a letter. */
interface ReplayChoice {
  readonly edited?: Uint8Array;
  readonly replace?: boolean;
}

/** The operator: replays letters unchanged, edited, or as a replacement of other content, and discards some. */
export class Operator {
  private readonly deps: OperatorDeps;
  /** The ids of the letters that were replayed as a replacement. */
  private readonly replacements = new Set<string>();
  private readonly operations: LetterOperations;

  constructor(deps: OperatorDeps) {
    this.deps = deps;
    const { stores, catalog, clock } = deps;
    const publisher = { publish: this.publish.bind(this) };
    this.operations = new LetterOperations({ ...stores, publisher, catalog, clock, log: new EmbeddedLog() });
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

  /** Discards a random letter. Another operator replays or reopens it at the same time, or later. */
  async discardAny(): Promise<void> {
    const { coverage, random } = this.deps;
    const letter = this.pick(await this.producersLetters());
    if (!letter) return;
    const caller: OperationCaller = { by: 'ben', revision: letter.revision };
    const isContested = random() < 0.3;
    const rival = isContested ? this.replay(letter, this.options(letter)) : undefined;
    const { refusal, ...result } = await this.operations.discard(letter.id, 'a test', caller);
    await rival;
    if (isContested) coverage.situation('two operators change one letter at once');
    if (refusal) return;
    coverage.situation('letter discarded by the operator');
    const revision = 'record' in result ? result.record.revision : 0;
    if (random() < 0.5 && !(await this.operations.reopen(letter.id, 'after all', { by: 'ben', revision })).refusal)
      coverage.situation('letter reopened by the operator');
  }

  /** Has the producer asked again for a gap that a page of the console showed, perhaps long ago, and perhaps twice. */
  async askAgain(): Promise<void> {
    const { journal, publisher, random } = this.deps;
    const shown = journal.rows
      .map(({ row }) => row)
      .filter(({ state }) => state === 'abandoned' || state === 'requested');
    const row = shown[Math.floor(random() * shown.length)];
    if (!row) return;
    for (let times = random() < 0.4 ? 2 : 1; times > 0; times--)
      await publisher.publish('sweeps', writeAsk(row.stream, row.from));
  }

  /** Replays every message that Pub/Sub gave up. */
  async replayGivenUp(): Promise<void> {
    for (const letter of await this.producersLetters())
      if (letter.failure.code === 'ERR_DELIVERY') await this.replay(letter, {});
  }

  /** Reads the letters that contain their message. Letters about messages that are too large do not. */
  private async producersLetters(): Promise<readonly DeadLetter[]> {
    const all = await this.deps.stores.letters.all();
    return all.filter(({ message }) => message.attributes[sentAttribute] !== undefined);
  }

  /** Picks a random letter. The newest are the most likely. */
  private pick(letters: readonly DeadLetter[]): DeadLetter | undefined {
    return letters[Math.floor(this.deps.random() ** 2 * letters.length)];
  }

  private options(letter: DeadLetter): ReplayChoice {
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

  /** Saves an edit, and replays the letter. What an operation refuses is left. */
  private async replay(letter: DeadLetter, { edited, replace = false }: ReplayChoice): Promise<void> {
    const { journal, stores } = this.deps;
    const now = await stores.letters.head(letter.id);
    const caller = { by: 'ana', revision: now?.revision ?? 0 };
    const saved = edited && (await this.operations.saveDraft(letter.id, { body: edited }, caller));
    if (saved?.refusal) return;
    const stamp = journal.stamp();
    const revision = saved?.record.revision ?? caller.revision;
    const result = await this.operations.replay(letter.id, { replace }, { ...caller, revision });
    if (result.refusal) return;
    const { draft, message } = result.record;
    const text = Buffer.from((draft ?? message).data).toString();
    const n = journal.numberOf(letter.message.attributes);
    journal.count('replays');
    journal.replays.push({
      ...stamp,
      n,
      stream: letter.stream,
      eventId: letter.eventId ?? journal.idOf(n),
      record: recordIn(text),
      uuid: uuidIn(text),
      edited: draft && text,
      replace,
    });
  }

  /** The console may crash before it publishes a replay, or after it and before it has recorded that. */
  private async publish(...args: Parameters<Publisher['publish']>): Promise<void> {
    const { publisher, random, coverage } = this.deps;
    const drawn = random();
    if (drawn < 0.15) {
      coverage.situation('console crashes before it publishes a replay');
      throw new RetryableError('the console crashes');
    }
    await publisher.publish(...args);
    if (drawn > 0.85) {
      coverage.situation('console crashes after it has published a replay');
      throw new RetryableError('the console crashes');
    }
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
