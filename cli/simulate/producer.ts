import type { Attributes } from '../../shared/messages/message.ts';
import type { Random } from '../../shared/ports.ts';
import { sentAttribute, type SentMessage, type SentEvent } from './sent-message.ts';
import { types, type StreamName, type TypeName } from './setting.ts';

/** A message that is to be sent some milliseconds from now. */
export interface Planned {
  readonly inMs: number;
  readonly sent: SentMessage;
}

/** What a producer does about an id of its that is asked for. */
type Answering = 'resends' | 'voids' | 'is silent';

interface Body {
  readonly event_id: number;
  readonly type: TypeName;
  readonly timestamp: string;
  readonly valid?: boolean;
  readonly uuid?: string;
  readonly data: { readonly amount: number };
}

/** How far apart the instants of events are, in milliseconds. */
const betweenMs = 60_000;
/** How far ahead an id is that is far ahead: more than a stream may jump. */
const farther = 4_000;
const firstInstantMs = Date.UTC(2026, 5, 1);

/** Numbers each message of a run. */
export class Numbering {
  private last = 0;

  next(): number {
    return ++this.last;
  }
}

export interface ProducerOptions {
  readonly stream: StreamName;
  readonly random: Random;
  readonly numbering: Numbering;
  /** What a minute is to it, in milliseconds: it is late by so many, and answers within so many. A minute, unless time is dear. */
  readonly minuteMs?: number;
}

/**
 * The producer of one stream: it numbers its events, and does with them all that producers do wrong. What it sends, and what it
 * will answer when asked, is drawn from its randomness alone.
 */
export class Producer {
  readonly stream: StreamName;
  private readonly random: Random;
  private readonly numbering: Numbering;
  private readonly minuteMs: number;
  private readonly bodies = new Map<number, Body>();
  private readonly answerings = new Map<number, Answering>();
  private readonly answers = new Map<number, number>();
  private nextId: number;

  constructor({ stream, random, numbering, minuteMs = 60_000 }: ProducerOptions) {
    this.stream = stream;
    this.random = random;
    this.numbering = numbering;
    this.minuteMs = minuteMs;
    // Near the end of a block, so that some streams go over it.
    this.nextId = 256 * (1 + this.below(2)) - this.below(12);
  }

  /** What it sends of its own accord: some ids, in about their order. */
  plan(count: number, spreadMs: number): readonly Planned[] {
    const planned: Planned[] = [];
    for (let i = 0; i < count; i++) {
      const atMs = (spreadMs * i) / count + this.random() * this.minuteMs;
      const id = this.nextId++;
      for (const sent of this.messagesOf(id)) {
        const laterMs = this.draw(0.3) ? this.random() * 8 * this.minuteMs : (this.random() * this.minuteMs) / 12;
        planned.push({ inMs: atMs + laterMs, sent });
      }
    }
    if (this.draw(0.2)) planned.push({ inMs: this.random() * spreadMs, sent: this.farAhead() });
    if (this.draw(0.3)) planned.push({ inMs: this.random() * spreadMs, sent: this.mistakenVoid(count) });
    return planned;
  }

  /** Copies of what it has sent, and what it had left out, long after. */
  planLate(count: number, spreadMs: number): readonly Planned[] {
    return [...this.bodies.values()]
      .filter(() => this.draw(count / this.bodies.size))
      .map((body) => ({ inMs: this.random() * spreadMs, sent: this.event(body) }));
  }

  /** What it answers when it is asked for a range: nothing more than twice. */
  answer(from: number, to: number): readonly Planned[] {
    const planned: Planned[] = [];
    for (let id = from; id <= Math.min(to, from + 40); id++) {
      const times = this.answers.get(id) ?? 0;
      const answering = this.answerings.get(id) ?? (id < this.nextId ? 'resends' : 'is silent');
      if (times >= 2 || answering === 'is silent') continue;
      this.answers.set(id, times + 1);
      const inMs = this.draw(0.6) ? (this.random() * this.minuteMs) / 3 : this.random() * 6 * this.minuteMs;
      planned.push({ inMs, sent: answering === 'voids' ? this.void(id, id) : this.resend(id) });
    }
    return planned;
  }

  /** The messages about one id. */
  private messagesOf(id: number): readonly SentMessage[] {
    const drawn = this.random();
    if (drawn < 0.12) return this.skip(id);
    const body = this.body(id);
    if (drawn < 0.16) return [this.malformed(id)];
    if (drawn < 0.2) return [this.malformed(id), this.event(body)];
    const first = this.event(body);
    if (drawn < 0.32) return [first, this.event(body, this.draw(0.4))];
    if (drawn < 0.37) return [first, this.event({ ...body, data: { amount: body.data.amount + 1 } })];
    if (drawn < 0.42) return [first, this.event(this.revised(body))];
    return [first];
  }

  private skip(id: number): readonly SentMessage[] {
    const drawn = this.random();
    this.answerings.set(id, drawn < 0.4 ? 'resends' : drawn < 0.6 ? 'voids' : 'is silent');
    if (drawn < 0.9) return [];
    return [this.draw(0.5) ? this.void(id, id) : this.malformed(id)];
  }

  private body(id: number): Body {
    const drawn = this.random();
    const type: TypeName = drawn < 0.75 ? 'Lead' : drawn < 0.88 ? 'Order' : 'Money';
    const timestamp = new Date(firstInstantMs + id * betweenMs).toISOString();
    const wrong = this.random();
    const valid = wrong < 0.1 ? { valid: false } : wrong < 0.15 ? {} : { valid: true };
    const hasUuid = this.stream === 'shop' || this.draw(0.2);
    // A uuid of the id before, now and then: in a stream whose uuids are global one of the two is wrong.
    const uuidId = this.stream === 'shop' && this.draw(0.1) ? id - 1 : id;
    const uuid = hasUuid ? { uuid: `u-${uuidId}` } : {};
    const body: Body = { event_id: id, type, timestamp, ...valid, ...uuid, data: { amount: 1 + this.below(3) } };
    this.bodies.set(id, body);
    return body;
  }

  /** The same id at another time. */
  private revised(body: Body): Body {
    const { uuid, ...rest } = body;
    const timestamp = new Date(Date.parse(body.timestamp) + 1_000).toISOString();
    return { ...rest, ...(uuid !== undefined && { uuid: `${uuid}-revised` }), timestamp };
  }

  private resend(id: number): SentMessage {
    return this.event(this.bodies.get(id) ?? this.body(id), true);
  }

  private farAhead(): SentMessage {
    const body = this.body(this.nextId + farther + this.below(100));
    return this.event({ ...body, valid: true, type: 'Lead' });
  }

  private mistakenVoid(count: number): SentMessage {
    const from = this.nextId - 1 - this.below(count);
    return this.void(from, from + this.below(3));
  }

  private event(body: Body, possibleDuplicate = false): SentMessage {
    const { valid = true, ...content } = body;
    const name = body.uuid ?? `${body.event_id}/${Date.parse(body.timestamp)}`;
    const what: SentEvent = {
      kind: 'event',
      id: body.event_id,
      key: `${this.stream}/${name}`,
      content: JSON.stringify(content),
      toBeChecked: !valid || 'consult' in types[body.type],
      possibleDuplicate,
      isFarAhead: body.event_id >= this.nextId + farther / 2,
    };
    return this.message(what, JSON.stringify(body), possibleDuplicate ? { 'possible-duplicate': 'true' } : {});
  }

  private malformed(id: number): SentMessage {
    const drawn = this.random();
    if (drawn < 0.3)
      return this.message({ kind: 'malformed', id: undefined, code: 'ERR_UNDECODABLE' }, `{"event_id":${id}`);
    const isPayload = drawn < 0.6;
    const code = isPayload ? 'ERR_INVALID_PAYLOAD' : 'ERR_INVALID_EVENT';
    const timestamp = isPayload ? new Date(firstInstantMs + id * betweenMs).toISOString() : 'yesterday';
    return this.message({ kind: 'malformed', id, code }, JSON.stringify({ event_id: id, type: 'Money', timestamp }));
  }

  private void(from: number, to: number): SentMessage {
    return this.message({ kind: 'void', from, to }, JSON.stringify({ from, to }), { void: 'true' });
  }

  private message(what: SentMessage['what'], text: string, attributes: Attributes = {}): SentMessage {
    const n = this.numbering.next();
    return {
      n,
      stream: this.stream,
      what,
      text,
      attributes: { stream: this.stream, [sentAttribute]: String(n), ...attributes },
    };
  }

  private draw(share: number): boolean {
    return this.random() < share;
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }
}
