import type { ReprocessRequest } from '../../shared/gaps/gap.ts';
import type { Random } from '../../shared/ports.ts';
import { MessageMaker, otherContent, revised, type Body, type MessageMakerDeps } from './message-maker.ts';
import { planMisnumbered, type Misnumbering } from './misnumbering.ts';
import type { Planned } from './planned.ts';
import type { SentMessage } from './sent-message.ts';
import { stepOfSteps, streams, type StreamName } from './setting.ts';
import { drawUnused } from './unused-ids.ts';

/** The reaction of a producer to a request for one of its ids. */
type Answering = 'resends' | 'voids' | 'is silent';

/** The distance of an id that is far ahead. It exceeds `maxJump`. */
const farther = 4_000;
/** The ids of a burst, and the time in which they are sent, in milliseconds. */
const burstIds = 130;
const burstMs = 50;
/** The time in which copies of a burst and the ids that it left out are sent, in milliseconds after its start. */
const aftermathMs = { from: 3_000, length: 20_000 };
const copiesOfBurst = 2;

export interface ProducerOptions extends MessageMakerDeps {
  /** The length of a minute, in milliseconds: delays are drawn in minutes. */
  readonly minuteMs?: number;
  /** The number of ids between the first id and the end of a block. By default at most eleven. */
  readonly idsToEdge?: number;
  /** Called with each id that the producer will never use. */
  readonly onUnused?: (id: number) => void;
  /** Whether it sends messages that are too large. Only their root tells which message a letter is about. */
  readonly sendsTooLarge?: boolean;
}

/**
 * The producer of one stream. It numbers its events and makes the mistakes that producers make. Its messages and its answers to
 * requests depend on `random` alone.
 */
export class Producer {
  readonly stream: StreamName;
  private readonly random: Random;
  private readonly maker: MessageMaker;
  private readonly minuteMs: number;
  private readonly sendsTooLarge: boolean;
  private readonly bodies = new Map<number, Body>();
  private readonly answerings = new Map<number, Answering>();
  private readonly answers = new Map<number, number>();
  /** The distance of two consecutive ids. */
  private readonly step: number;
  private readonly isUnused: (id: number) => boolean;
  private readonly onUnused: (id: number) => void;
  private nextId: number;

  constructor({ minuteMs = 60_000, idsToEdge, sendsTooLarge = false, onUnused, ...deps }: ProducerOptions) {
    this.stream = deps.stream;
    this.random = deps.random;
    this.maker = new MessageMaker(deps);
    this.minuteMs = minuteMs;
    this.sendsTooLarge = sendsTooLarge;
    this.nextId = 256 * (1 + this.below(2)) - (idsToEdge ?? this.below(12));
    this.step = deps.stream === 'steps' ? stepOfSteps : 1;
    this.isUnused = deps.stream === 'shards' ? drawUnused(deps.random) : () => false;
    this.onUnused = onUnused ?? (() => undefined);
  }

  /** Plans the messages about the next ids, roughly in order of id. */
  plan(count: number, spreadMs: number): readonly Planned[] {
    const planned: Planned[] = [];
    for (let i = 0; i < count; i++) {
      const atMs = (spreadMs * i) / count + this.random() * this.minuteMs;
      const id = this.takeId();
      for (const sent of this.messagesOf(id)) {
        const laterMs = this.draw(0.3) ? this.random() * 8 * this.minuteMs : (this.random() * this.minuteMs) / 12;
        planned.push({ inMs: atMs + laterMs, sent });
      }
      planned.push(...this.lateOriginal(id, atMs));
    }
    const sometime = (sent: SentMessage): number => planned.push({ inMs: this.random() * spreadMs, sent });
    if (this.draw(0.2)) sometime(this.farAhead());
    if (this.draw(0.3)) sometime(this.mistakenVoid(count));
    return planned;
  }

  /** Plans messages at or beyond a limit: voids over several blocks, and more events of one id than a cell can hold. */
  planExtremes(spreadMs: number): readonly Planned[] {
    const extremes = [
      ...(this.draw(0.05) ? [this.tooLongVoid()] : []),
      ...(this.draw(0.5) ? this.longVoid() : []),
      ...(this.draw(0.05) ? this.crowd(this.takeId()) : []),
    ];
    return extremes.map((sent) => ({ inMs: this.random() * spreadMs, sent }));
  }

  /**
   * Plans a burst: a hundred ids within 50 ms, in random order. Some seconds later copies follow, together with some ids that the
   * burst left out and whose events need a check.
   */
  planBurst(): readonly Planned[] {
    const planned: Planned[] = [];
    const atMs = (1 + this.random() * 9) * this.minuteMs;
    const atOnce = (sent: SentMessage): number => planned.push({ inMs: atMs + this.random() * burstMs, sent });
    const later = (sent: SentMessage): number =>
      planned.push({ inMs: atMs + aftermathMs.from + this.random() * aftermathMs.length, sent });
    for (let i = 0; i < burstIds; i++) {
      const id = this.nextId++;
      // The two ids at the edge of a block are void. A void of both is one write of two blocks.
      if ((id + 1) % 256 < 2) {
        if (id % 256 === 0) [atOnce, atOnce, later, later].forEach((plan) => plan(this.maker.void(id - 1, id)));
      } else if (this.draw(0.25)) later(this.maker.event({ ...this.maker.plain(id), valid: false }));
      else {
        const body = this.draw(0.2) ? this.body(id) : this.maker.plain(id);
        atOnce(this.maker.event(body));
        for (let i = 0; i < copiesOfBurst; i++) later(this.maker.event(body, { isPossibleDuplicate: this.draw(0.95) }));
      }
    }
    return planned;
  }

  /** Plans sound events of every other id within two minutes. That makes hundreds of gaps of one id each. */
  planSparse(gaps: number): readonly Planned[] {
    return Array.from({ length: gaps + 1 }, () => {
      const [id, missing] = [this.nextId, this.nextId + 1];
      this.nextId += 2;
      const drawn = this.random();
      this.answerings.set(missing, drawn < 0.1 ? 'resends' : drawn < 0.2 ? 'voids' : 'is silent');
      const body = this.maker.plain(id);
      this.bodies.set(id, body);
      return { inMs: this.random() * 2 * this.minuteMs, sent: this.maker.event(body) };
    });
  }

  /** Plans messages with a mistake in their numbers. */
  planMisnumbered(kind: Misnumbering): readonly Planned[] {
    const { maker, random, minuteMs, step } = this;
    const taken = { maker, random, minuteMs, step, firstId: this.nextId };
    const { planned, nextId, missing } = planMisnumbered(kind, taken);
    this.nextId = nextId;
    for (const id of missing) this.answerings.set(id, this.draw(0.3) ? 'resends' : 'is silent');
    return planned;
  }

  /** Gives all further events timestamps that are later by some milliseconds. */
  delay(byMs: number): void {
    this.maker.delay(byMs);
  }

  /** Plans copies of earlier events, and events whose ids were left out then. */
  planLate(count: number, spreadMs: number): readonly Planned[] {
    return [...this.bodies.values()]
      .filter(() => this.draw(count / this.bodies.size))
      .map((body) => ({ inMs: this.random() * spreadMs, sent: this.maker.event(body) }));
  }

  /** Plans the answer to a request for a range. No id is answered more than twice. */
  answer({ from, to, attempt }: Pick<ReprocessRequest, 'from' | 'to' | 'attempt'>): readonly Planned[] {
    const planned: Planned[] = [];
    for (let id = from; id <= Math.min(to, from + 40 * this.step); id += this.step) {
      const times = this.answers.get(id) ?? 0;
      const answering = this.answeringFor(id, attempt);
      if (times >= 2 || answering === 'is silent') continue;
      this.answers.set(id, times + 1);
      const inMs = this.draw(0.6) ? (this.random() * this.minuteMs) / 3 : this.random() * 6 * this.minuteMs;
      planned.push({ inMs, sent: answering === 'voids' ? this.maker.void(id, id) : this.resend(id) });
    }
    return planned;
  }

  /** Returns how a request for an id is answered. A producer that was silent may answer when it is asked again. */
  private answeringFor(id: number, attempt: number): Answering {
    const answering = this.answerings.get(id) ?? (id < this.nextId ? 'resends' : 'is silent');
    if (answering !== 'is silent' || attempt === 1 || id >= this.nextId || this.draw(0.5)) return answering;
    return this.isUnused(id) ? 'voids' : 'resends';
  }

  /** Returns the next id that the producer uses. */
  private takeId(): number {
    while (this.isUnused(this.nextId)) {
      this.answerings.set(this.nextId, this.draw(0.05) ? 'voids' : 'is silent');
      this.onUnused(this.nextId++);
    }
    const id = this.nextId;
    this.nextId += this.step;
    return id;
  }

  /** Draws the messages about one id. */
  private messagesOf(id: number): readonly SentMessage[] {
    const { maker } = this;
    const drawn = this.random();
    if (drawn < 0.12) return this.skip(id);
    const body = this.body(id);
    if (drawn < 0.16) return [maker.malformed(id)];
    if (drawn < 0.2) return [maker.malformed(id), maker.event(body)];
    if (drawn < 0.27 && this.sendsTooLarge)
      return [maker.tooLarge(body), ...(this.draw(0.5) ? [maker.event(body)] : [])];
    const first = maker.event(body);
    if (drawn < 0.37) return [first, maker.event(body, { isPossibleDuplicate: this.draw(0.4) })];
    if (drawn < 0.41) return [first, maker.event(otherContent(body))];
    if (drawn < 0.44) return [first, ...[1, 2, 3].map((by) => maker.event(otherContent(body, by)))];
    if (drawn < 0.47) return [first, maker.event(revised(body))];
    return [first];
  }

  /** Skips an id. Some skipped ids get a void or a malformed message. */
  private skip(id: number): readonly SentMessage[] {
    const drawn = this.random();
    this.answerings.set(id, drawn < 0.35 ? 'resends' : drawn < 0.5 ? 'voids' : 'is silent');
    if (drawn < 0.93) return [];
    return [this.draw(0.5) ? this.maker.void(id, id) : this.maker.malformed(id)];
  }

  /**
   * Plans, for some ids that nobody resends, an original that needs a check and comes after the inference, and then a sound event of
   * the same id.
   */
  private lateOriginal(id: number, atMs: number): readonly Planned[] {
    if (this.answerings.get(id) !== 'is silent' || !this.draw(0.9)) return [];
    const body: Body = { ...this.maker.plain(id), valid: false };
    const inMs = atMs + (7 + this.random() * 4) * this.minuteMs;
    const sound = { ...(this.draw(0.5) ? revised(body) : body), valid: true };
    return [
      { inMs, sent: this.maker.event(body) },
      { inMs: inMs + (0.2 + this.random() * 3) * this.minuteMs, sent: this.maker.event(sound) },
    ];
  }

  private body(id: number): Body {
    const body = this.maker.draw(id);
    this.bodies.set(id, body);
    return body;
  }

  private resend(id: number): SentMessage {
    return this.maker.event(this.bodies.get(id) ?? this.body(id), { isPossibleDuplicate: true });
  }

  private farAhead(): SentMessage {
    const body = this.maker.plain(this.nextId + farther + this.below(100));
    return this.maker.event(body, { isFarAhead: true });
  }

  private mistakenVoid(count: number): SentMessage {
    const from = this.nextId - 1 - this.below(count);
    return this.maker.void(from, from + this.below(3));
  }

  private tooLongVoid(): SentMessage {
    const from = this.nextId - 1 - this.below(10);
    return this.maker.void(from, from + streams[this.stream].maxGap + this.below(3));
  }

  /** Makes a void of the next ids, over two or three blocks, if the stream allows voids of that length. */
  private longVoid(): readonly SentMessage[] {
    const length = 257 + this.below(300);
    if (length > streams[this.stream].maxGap) return [];
    const from = this.nextId;
    this.nextId += length;
    return [this.maker.void(from, this.nextId - 1)];
  }

  /** Makes many sound events of one id, each with another key. */
  private crowd(id: number): readonly SentMessage[] {
    const body = this.maker.plain(id);
    return Array.from({ length: 18 }, (_, i) => this.maker.event(revised(body, i)));
  }

  private draw(share: number): boolean {
    return this.random() < share;
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }
}
