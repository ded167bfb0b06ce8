import type { Attributes } from '../../shared/messages/message.ts';
import type { Random } from '../../shared/ports.ts';
import { noId, sentAttribute, type SentEvent, type SentMalformed, type SentMessage } from './sent-message.ts';
import { streamNames, types, unknownType, type StreamName, type TypeName } from './setting.ts';

/** The members of an event. */
export interface Body {
  /** Undefined in an unnumbered stream. */
  readonly event_id?: number;
  readonly type: TypeName | typeof unknownType;
  readonly timestamp: string;
  readonly valid?: boolean;
  readonly uuid?: string;
  /** `record` is the id of the record that belongs to the event. */
  readonly data: { readonly amount?: number; readonly record: number };
}

/** The time between the timestamps of two consecutive events, in milliseconds. */
const betweenMs = 60_000;
const firstInstantMs = Date.UTC(2026, 5, 1);
/** One attribute more than a message may have. */
const tooManyAttributes = 81;

/** Numbers the messages of a run. */
export class Numbering {
  private last = 0;

  next(): number {
    return ++this.last;
  }
}

export interface MessageMakerDeps {
  readonly stream: StreamName;
  readonly random: Random;
  readonly numbering: Numbering;
  /** Whether the catalog refuses unknown types. */
  readonly isStrict: boolean;
}

/** Makes the messages of one stream, each with its producer's knowledge of it. */
export class MessageMaker {
  private readonly deps: MessageMakerDeps;
  /** The time that is added to the timestamps of events, in milliseconds. */
  private delayMs = 0;

  constructor(deps: MessageMakerDeps) {
    this.deps = deps;
  }

  /** Gives all further events later timestamps. */
  delay(byMs: number): void {
    this.delayMs += byMs;
  }

  /** Draws the members of the event of an id. */
  draw(id: number): Body {
    const { random, stream } = this.deps;
    const drawn = random();
    const type = drawn < 0.73 ? 'Lead' : drawn < 0.75 ? unknownType : drawn < 0.88 ? 'Order' : 'Money';
    const wrong = random();
    const valid = wrong < 0.1 ? { valid: false } : wrong < 0.15 ? {} : { valid: true };
    const hasUuid = stream === 'shop' || random() < 0.2;
    // Some events reuse the uuid of the previous id. In a stream with global uuids one of the two is wrong.
    const uuidId = stream === 'shop' && random() < 0.1 ? id - 1 : id;
    const uuid = hasUuid ? { uuid: `u-${uuidId}` } : {};
    return {
      event_id: id,
      type,
      timestamp: this.timestampOf(id),
      ...valid,
      ...uuid,
      data: { amount: 1 + this.below(3), record: recordOf(stream, id) },
    };
  }

  /** Makes the members of a sound event that needs no check. */
  plain(id: number): Body {
    const { stream } = this.deps;
    const uuid = stream === 'shop' ? { uuid: `u-${id}` } : {};
    const data = { amount: 1, record: recordOf(stream, id) };
    return { event_id: id, type: 'Lead', timestamp: this.timestampOf(id), valid: true, ...uuid, data };
  }

  event(body: Body, { isPossibleDuplicate = false, isFarAhead = false } = {}): SentMessage {
    const { stream, isStrict } = this.deps;
    if (body.type === unknownType && isStrict) return this.refused(body, 'ERR_UNKNOWN_TYPE');
    const { valid = true } = body;
    const isAlwaysChecked = body.type !== unknownType && 'consult' in types[body.type];
    const what: SentEvent = {
      kind: 'event',
      id: body.event_id ?? noId,
      ...identityOf(stream, body),
      toBeChecked: !valid || isAlwaysChecked,
      possibleDuplicate: isPossibleDuplicate,
      isFarAhead,
    };
    return this.message(what, JSON.stringify(body), isPossibleDuplicate ? { 'possible-duplicate': 'true' } : {});
  }

  /** Makes a malformed message. */
  malformed(id: number): SentMessage {
    const drawn = this.deps.random();
    if (drawn < 0.3)
      return this.message({ kind: 'malformed', id: undefined, code: 'ERR_UNDECODABLE' }, `{"event_id":${id}`);
    const timestamp = this.timestampOf(id);
    const [code, shown] =
      drawn < 0.6 ? (['ERR_INVALID_PAYLOAD', timestamp] as const) : (['ERR_INVALID_EVENT', 'yesterday'] as const);
    return this.message(
      { kind: 'malformed', id, code },
      JSON.stringify({ event_id: id, type: 'Money', timestamp: shown }),
    );
  }

  /** Makes a sound event with more attributes than a message may have. */
  tooLarge(body: Body): SentMessage {
    const attributes = Array.from({ length: tooManyAttributes }, (_, i) => [`label-${i}`, 'x'] as const);
    return this.refused(body, 'ERR_TOO_LARGE', Object.fromEntries(attributes));
  }

  /** Makes an event whose data lacks what its type requires. Key and content can be read. */
  lacking(body: Body): SentMessage {
    return this.refused({ ...body, type: 'Money', data: { record: body.data.record } }, 'ERR_INVALID_PAYLOAD');
  }

  /** Makes a message without its uuid, or that is cut off. */
  unreadable(body: Body): SentMessage {
    const isCut = this.deps.random() < 0.5;
    const text = JSON.stringify({ ...body, uuid: undefined });
    const code = isCut ? 'ERR_UNDECODABLE' : 'ERR_INVALID_EVENT';
    return this.message({ kind: 'malformed', id: undefined, code }, isCut ? text.slice(0, -1) : text);
  }

  void(from: number, to: number): SentMessage {
    return this.message({ kind: 'void', from, to }, JSON.stringify({ from, to }), { void: 'true' });
  }

  /** Makes an event that validate refuses, though its content can be read. */
  private refused(body: Body, code: SentMalformed['code'], attributes?: Attributes): SentMessage {
    const what: SentMalformed = {
      kind: 'malformed',
      id: body.event_id ?? noId,
      code,
      ...identityOf(this.deps.stream, body),
    };
    return this.message(what, JSON.stringify(body), attributes);
  }

  private message(what: SentMessage['what'], text: string, own: Attributes = {}): SentMessage {
    const { stream, numbering } = this.deps;
    const n = numbering.next();
    return { n, stream, what, text, attributes: { stream, [sentAttribute]: String(n), ...own } };
  }

  private timestampOf(id: number): string {
    return new Date(firstInstantMs + this.delayMs + id * betweenMs).toISOString();
  }

  private below(limit: number): number {
    return Math.floor(this.deps.random() * limit);
  }
}

/** Makes an event with the same key and other content. */
export function otherContent(body: Body, by = 1): Body {
  return { ...body, data: { ...body.data, amount: (body.data.amount ?? 0) + by } };
}

/** Makes an event with the same id and another key: its timestamp is some seconds later. */
export function revised({ uuid, ...body }: Body, bySeconds = 1): Body {
  const timestamp = new Date(Date.parse(body.timestamp) + bySeconds * 1_000).toISOString();
  return { ...body, ...(uuid !== undefined && { uuid: `${uuid}-revised-${bySeconds}` }), timestamp };
}

/** The record that belongs to the events of an id. */
export function recordOf(stream: StreamName, id: number): number {
  return (streamNames.indexOf(stream) + 1) * 1_000_000_000 + id;
}

function identityOf(stream: StreamName, body: Body): { readonly key: string; readonly content: string } {
  const { uuid, event_id, timestamp } = body;
  const key = `${stream}/${uuid ?? `${event_id ?? ''}/${Date.parse(timestamp)}`}`;
  return { key, content: JSON.stringify({ ...body, valid: undefined }) };
}
