import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import type { Code } from '../../shared/failure.ts';
import { gapRoot } from '../../shared/gaps/unrecoverable.ts';
import type { Message } from '../../shared/messages/message.ts';
import { poisonTopic, probeAttribute, probeStream, probeType } from '../../shared/probe.ts';
import type { TopicName } from '../../shared/topology.ts';
import type { Origin } from '../../shared/messages/attributes.ts';

/** The routes through the pipeline that the probe checks. */
export type RouteName = 'clean' | 'duplicate' | 'invalid' | 'replay' | 'incorrect' | 'gap' | 'poison';

export interface Route {
  readonly name: RouteName;
  readonly expects: Expectation;
  /** The route that must have passed before this one starts. */
  readonly after?: RouteName;
  /** The message to publish. The route `gap` publishes nothing: its event is the missing one. */
  readonly sends?: Sent;
  /** The body with which an operator replays the letter of the route before. */
  readonly replays?: Uint8Array;
}

export interface Sent {
  readonly topic: TopicName;
  readonly message: Message;
}

/** The expected result of a route: a clean message, or a dead letter. */
export type Expectation = ExpectedClean | ExpectedLetter;

interface ExpectedClean {
  readonly clean: Origin;
  readonly eventId: number;
  /**
   * A dead letter with this value, in the probe's attribute or as the beginning of its root, means that the route
   * failed.
   */
  readonly letterOf?: string;
}

interface ExpectedLetter {
  readonly letter: Code;
  /** The value of the probe's attribute in the letter. */
  readonly letterOf: string;
  /** A clean message with this id means that the route failed. */
  readonly eventId?: number;
}

/** Everything that has come out of the pipeline in the probe's stream. */
export interface Observed {
  readonly clean: readonly Message[];
  readonly letters: readonly DeadLetter[];
}

/** The end of a route, and its dead letter if it has one. */
export interface End {
  readonly isAsExpected: boolean;
  readonly detail: string;
  readonly letter?: DeadLetter;
}

export interface Run {
  /** Distinguishes this run from others. */
  readonly id: string;
  /** The first id that the run uses: no event of the stream has it or a higher one. */
  readonly firstId: number;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
}

/**
 * The routes of one run. They take four ids:
 *
 *     firstId     +1        +2         +3
 *     incorrect   invalid   (the gap)  clean, and its duplicate
 *                 replay
 */
export function planRoutes({ id: run, firstId, startedAtMs }: Run): readonly Route[] {
  const timestamp = new Date(startedAtMs).toISOString();
  const by = (name: RouteName): string => `${run}/${name}`;
  const sent = (name: RouteName, topic: TopicName, event: object): Sent => ({
    topic,
    message: {
      data: Buffer.from(JSON.stringify(event)),
      attributes: { stream: probeStream, [probeAttribute]: by(name) },
    },
  });
  const [incorrectId, invalidId, missingId, cleanId] = [firstId, firstId + 1, firstId + 2, firstId + 3];
  const event = (event_id: number, valid = true) => ({ event_id, type: probeType, timestamp, valid });
  return [
    {
      name: 'clean',
      expects: { clean: 'producer', eventId: cleanId, letterOf: by('clean') },
      sends: sent('clean', 'events', event(cleanId)),
    },
    {
      name: 'duplicate',
      after: 'clean',
      expects: { letter: 'ERR_DUPLICATE', letterOf: by('duplicate') },
      sends: sent('duplicate', 'events', event(cleanId)),
    },
    {
      name: 'invalid',
      expects: { letter: 'ERR_INVALID_EVENT', letterOf: by('invalid'), eventId: invalidId },
      sends: sent('invalid', 'events', { event_id: invalidId, timestamp }),
    },
    {
      name: 'replay',
      after: 'invalid',
      expects: { clean: 'replayed', eventId: invalidId },
      replays: Buffer.from(JSON.stringify(event(invalidId))),
    },
    {
      name: 'incorrect',
      expects: { letter: 'ERR_INCORRECT', letterOf: by('incorrect'), eventId: incorrectId },
      sends: sent('incorrect', 'events', event(incorrectId, false)),
    },
    {
      name: 'gap',
      expects: { clean: 'reconstructed', eventId: missingId, letterOf: gapRoot(probeStream, { from: missingId }) },
    },
    {
      name: 'poison',
      expects: { letter: 'ERR_DELIVERY', letterOf: by('poison') },
      sends: sent('poison', poisonTopic, { probe: run }),
    },
  ];
}

/** Returns the end of a route. Undefined while the route may still end as expected. */
export function endOf({ expects }: Route, observed: Observed): End | undefined {
  return 'clean' in expects ? endInClean(expects, observed) : endInLetter(expects, observed);
}

function endInClean({ clean: origin, eventId, letterOf }: ExpectedClean, observed: Observed): End | undefined {
  const expected = cleanOf(observed, eventId).find(({ attributes }) => attributes.origin === origin);
  if (expected) return { isAsExpected: true, detail: describeClean(expected) };
  const letter = letterFor(observed, letterOf);
  return letter && { isAsExpected: false, detail: describeLetter(letter) };
}

function endInLetter({ letter: code, letterOf, eventId }: ExpectedLetter, observed: Observed): End | undefined {
  const letter = letterFor(observed, letterOf);
  if (letter) return { isAsExpected: letter.failure.code === code, detail: describeLetter(letter), letter };
  const [came] = cleanOf(observed, eventId);
  return came && { isAsExpected: false, detail: describeClean(came) };
}

function cleanOf({ clean }: Observed, eventId: number | undefined): readonly Message[] {
  return clean.filter(({ attributes }) => attributes.event_id === String(eventId));
}

function letterFor({ letters }: Observed, letterOf: string | undefined): DeadLetter | undefined {
  return letters.find(({ root, message }) => {
    const name = message.attributes[probeAttribute] ?? root;
    return letterOf !== undefined && (name === letterOf || name.startsWith(`${letterOf}/`));
  });
}

function describeClean({ attributes }: Message): string {
  return `clean, ${String(attributes.origin)}: ${String(attributes.idempotency_key)}`;
}

function describeLetter({ failure }: DeadLetter): string {
  return `dead letter ${failure.code}: ${failure.detail}`;
}
