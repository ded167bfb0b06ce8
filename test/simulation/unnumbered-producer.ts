import type { Random } from '../../shared/ports.ts';
import { MessageMaker, otherContent, recordOf, type Body, type Numbering } from './message-maker.ts';
import type { Planned } from './planned.ts';
import type { SentMessage, Shown } from './sent-message.ts';
import { simulatedFromMs, windowMs, type UnnumberedName } from './setting.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** The time that a bucket covers by default, in milliseconds. */
const bucketMs = 1_000;
/** The timestamp of a burst. The bucket of this time is full but for a few entries when the run begins. */
export const burstInstantMs = simulatedFromMs - 3 * dayMs;
/** The events of a burst, and the time in which they are sent, in milliseconds. */
const burstEvents = 24;
const burstMs = 50;
/** The time in which copies of a burst are sent, in milliseconds after its start. */
const aftermathMs = { from: 3_000, length: 20_000 };

export interface UnnumberedProducerOptions {
  readonly stream: UnnumberedName;
  readonly random: Random;
  readonly numbering: Numbering;
  readonly isStrict: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A producer of events that have a uuid and a timestamp, but no id. */
export class UnnumberedProducer {
  private readonly options: UnnumberedProducerOptions;
  private readonly maker: MessageMaker;
  private readonly bodies: Body[] = [];
  private made = 0;

  constructor(options: UnnumberedProducerOptions) {
    this.options = options;
    this.maker = new MessageMaker(options);
  }

  /** Plans the messages about some events, roughly in order of time. */
  plan(count: number, spreadMs: number): readonly Planned[] {
    return Array.from({ length: count }, (_, i) => (spreadMs * i) / count + this.random() * minuteMs).flatMap((atMs) =>
      this.messagesAt(atMs).map((sent) => {
        const laterMs = this.draw(0.3) ? this.random() * 8 * minuteMs : (this.random() * minuteMs) / 12;
        return { inMs: atMs + laterMs, sent };
      }),
    );
  }

  /** Plans events on both sides of the edge of a bucket, and then copies of those before the edge. */
  planEdge(spreadMs: number): readonly Planned[] {
    const inMs = this.random() * spreadMs;
    const edgeMs = Math.ceil((this.options.now() + inMs) / bucketMs) * bucketMs;
    const sound = (timeMs: number): Body => this.remember({ ...this.body(timeMs), valid: true, type: 'Lead' });
    const [before, after] = [
      [sound(edgeMs - 1), sound(edgeMs - 2)],
      [sound(edgeMs), sound(edgeMs + 1)],
    ];
    const shows: Shown = { by: 'ERR_DUPLICATE', situation: 'a copy comes after events of the next bucket' };
    const first = [...before, ...after].map((body) => ({ inMs: inMs + this.random() * 20, sent: this.event(body) }));
    const copies = before.map((body) => ({ inMs: inMs + this.afterBurst(), sent: this.event(body, shows) }));
    return [...first, ...copies];
  }

  /** Plans events of one timestamp, more than their bucket has room for, and copies of them. */
  planBurst(spreadMs: number): readonly Planned[] {
    const atMs = this.random() * spreadMs;
    return Array.from({ length: burstEvents }).flatMap(() => {
      const body: Body = { ...this.body(burstInstantMs), valid: true, type: 'Lead' };
      const copy = this.draw(0.5)
        ? this.event(body, { by: 'ERR_DUPLICATE', situation: 'a copy of an event on a page' })
        : this.event(otherContent(body), { by: 'ERR_CONFLICT', situation: 'a changed copy of an event on a page' });
      return [
        { inMs: atMs + this.random() * burstMs, sent: this.event(this.draw(0.2) ? this.remember(body) : body) },
        { inMs: atMs + this.afterBurst(), sent: copy },
      ];
    });
  }

  /** Plans copies of earlier events. */
  planLate(count: number, spreadMs: number): readonly Planned[] {
    return this.bodies
      .filter(() => this.draw(count / this.bodies.length))
      .map((body) => {
        const isOld = Date.parse(body.timestamp) < this.options.now() - windowMs;
        const shows = { by: 'ERR_STALE', situation: 'an event that may be forgotten, without an id' } as const;
        return { inMs: this.random() * spreadMs, sent: this.event(body, isOld ? shows : undefined) };
      });
  }

  private messagesAt(atMs: number): readonly SentMessage[] {
    const { maker } = this;
    const { timeMs, situation } = this.timestampFor(this.options.now() + atMs);
    const body = this.body(timeMs);
    const drawn = this.random();
    if (drawn < 0.05) return [maker.unreadable(body)];
    this.remember(body);
    if (drawn < 0.1) return [maker.lacking(body), ...(this.draw(0.5) ? [maker.event(body)] : [])];
    if (drawn < 0.14) return [maker.tooLarge(body)];
    const first = this.event(body, situation && { by: 'clean', situation });
    if (drawn < 0.3) return [first, maker.event(body, { isPossibleDuplicate: this.draw(0.4) })];
    if (drawn < 0.4) return [first, this.changed(body), ...(this.draw(0.3) ? [this.changed(body, 2)] : [])];
    if (drawn < 0.6 && this.options.stream === 'visits') return [first, this.moved(body)];
    return [first];
  }

  /** Draws the timestamp of an event that is sent at a time. */
  private timestampFor(sentMs: number): { readonly timeMs: number; readonly situation?: Shown['situation'] } {
    const drawn = this.random();
    if (drawn < 0.12)
      return { timeMs: sentMs - (1 + this.random() * 12) * dayMs, situation: 'an event days after its timestamp' };
    if (drawn < 0.2) return { timeMs: sentMs + 2 * dayMs, situation: 'an event before its timestamp' };
    if (drawn < 0.26) return { timeMs: sentMs - 20 * dayMs };
    if (drawn < 0.5 && this.options.stream === 'loads')
      return { timeMs: sentMs - 20 * dayMs, situation: 'an event older than the window while history is loaded' };
    return { timeMs: sentMs };
  }

  private changed(body: Body, by = 1): SentMessage {
    return this.event(otherContent(body, by), { by: 'ERR_CONFLICT', situation: 'a changed copy without an id' });
  }

  private moved(body: Body): SentMessage {
    const timestamp = new Date(Date.parse(body.timestamp) + 5 * bucketMs).toISOString();
    return this.event({ ...body, timestamp }, { by: 'ERR_CONFLICT', situation: 'a copy with another timestamp' });
  }

  private event(body: Body, shows?: Shown): SentMessage {
    return { ...this.maker.event(body), ...(shows && { shows }) };
  }

  private body(timeMs: number): Body {
    const n = ++this.made;
    const [drawn, wrong] = [this.random(), this.random()];
    const valid = wrong < 0.1 ? { valid: false } : wrong < 0.15 ? {} : { valid: true };
    const data = { amount: 1 + Math.floor(this.random() * 3), record: recordOf(this.options.stream, n) };
    const type = drawn < 0.8 ? 'Lead' : drawn < 0.9 ? 'Order' : 'Money';
    return { uuid: `v-${n}`, type, timestamp: new Date(timeMs).toISOString(), ...valid, data };
  }

  private remember(body: Body): Body {
    this.bodies.push(body);
    return body;
  }

  private afterBurst(): number {
    return aftermathMs.from + this.random() * aftermathMs.length;
  }

  private draw(share: number): boolean {
    return this.random() < share;
  }

  private random(): number {
    return this.options.random();
  }
}
