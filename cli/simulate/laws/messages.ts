import { maxMessageIds } from '../../../shared/dead-letter/record.ts';
import type { SentMessage, SentEvent } from '../sent-message.ts';
import type { Observations, Letter } from './observations.ts';
import type { Law } from './law.ts';

type Event = SentMessage & { readonly what: SentEvent };

/** When all is quiet every delivery is acked or given up, and every handler of a living instance has returned. */
export const nothingIsUnderWay: Law = function* ({ pending, handlersUnderWay }) {
  if (pending > 0) yield `${pending} deliveries are still pending`;
  if (handlersUnderWay > 0) yield `${handlersUnderWay} handlers have not returned`;
};

/** Each message of a producer is cleaned, or a dead letter, or applied, or dropped for a reason; one of them, and nothing else. */
export const endsInOnePlace: Law = function* (observations) {
  for (const sent of observations.sent) {
    const cleans = observations.cleansBy(sent.n);
    const letters = observations.lettersAbout(sent.n);
    if (cleans.length === 0 && letters.length === 0) {
      if (!mayEndQuietly(observations, sent)) yield `message ${sent.n} is lost: ${sent.text}`;
      continue;
    }
    if (observations.isOperated(sent.n)) continue;
    const codes = [...new Set(letters.map(({ code }) => code))];
    if (codes.length > 1 && !mayChangeItsMind(observations, sent)) yield `message ${sent.n} is ${codes.join(' and ')}`;
    const [clean] = cleans;
    if (!clean || codes.length === 0) continue;
    const isLetterFirst = letters.every(({ order }) => order < clean.order);
    if (!isLetterFirst || !mayChangeItsMind(observations, sent))
      yield `message ${sent.n} is cleaned, and ${codes.join(' and ')} as well`;
  }
};

/** What an operator sends round again is cleaned, or comes back as a letter, unless its message was cleaned before. */
export const replaysAreAnswered: Law = function* (observations) {
  for (const replay of observations.journal.replays) {
    const sent = observations.sentBy(replay.n);
    if (!sent || observations.cleansBy(sent.n).length > 0 || mayEndQuietly(observations, sent)) continue;
    if (!observations.lettersAbout(sent.n).some(({ order }) => order > replay.order))
      yield `the replay of message ${sent.n} is lost`;
  }
};

/** Nothing is to be seen of a void that was applied, nor of a copy that was expected. */
function mayEndQuietly(observations: Observations, sent: SentMessage): boolean {
  if (sent.what.kind === 'void') return !isOfCleaned(observations, sent);
  if (!isEvent(sent)) return false;
  const counted = observations.settings(sent.stream).duplicates === 'count';
  return copiesOf(observations, sent).some(
    (copy) =>
      (counted || copy.what.possibleDuplicate || sent.what.possibleDuplicate) &&
      (observations.cleansBy(copy.n).length > 0 || observations.lettersAbout(copy.n).length > 0),
  );
}

/** Whether an id of a void was cleaned before the void was sent: its letter says so. */
function isOfCleaned(observations: Observations, { n, stream, what }: SentMessage): boolean {
  const sentAt = observations.journal.sent.find(({ sent }) => sent.n === n)?.order ?? 0;
  if (what.kind !== 'void' || observations.isLate({ n })) return false;
  return observations.cleans.some(
    ({ id, order, ...clean }) => clean.stream === stream && what.from <= id && id <= what.to && order < sentAt,
  );
}

/**
 * A message that came again after its letter, since its ack was lost, may be judged otherwise when what it was judged by has
 * changed: an event of its key was with verify and has been refused, or its uuid turned out to be held by another id.
 */
function mayChangeItsMind(observations: Observations, sent: SentMessage): boolean {
  if (!isEvent(sent)) return false;
  return [sent, ...othersOfKey(observations, sent)].some((one) =>
    observations.lettersAbout(one.n).some(({ code, detail }) => code === 'ERR_INCORRECT' || detail.startsWith('uuid')),
  );
}

/** Every event that is well-formed, and needs no check, is cleaned under its key: itself, or another content that came before. */
export const soundIsCleaned: Law = function* (observations) {
  const cleanKeys = new Set(observations.cleans.map(({ key }) => key.replace(/\/r\d+$/, '')));
  for (const sent of observations.sent) {
    if (!isEvent(sent) || sent.what.toBeChecked || sent.what.isFarAhead || observations.isLate(sent)) continue;
    if (!cleanKeys.has(sent.what.key)) yield `nothing was cleaned under ${sent.what.key}, for message ${sent.n}`;
  }
};

/** A letter says what is true of its message, holds the producer's bytes, and is filed. */
export const lettersAreTrue: Law = function* (observations) {
  for (const letter of observations.letters) {
    if (!isFiled(observations, letter)) yield `the letter of ${letter.root} was never filed`;
    const sent = observations.sentBy(letter.n);
    if (!sent || observations.isOperated(sent.n)) continue;
    if (letter.text !== sent.text && !wasAnswered(observations, sent))
      yield `the letter of message ${sent.n} holds other bytes: ${letter.text}`;
    if (!isTrue(observations, sent, letter)) yield `message ${sent.n} is ${letter.code} without reason: ${sent.text}`;
  }
};

/** Whether the archive holds a letter, as often as it came, with the reason and the bytes that one of its copies had. */
function isFiled({ filed, letters }: Observations, { root }: Letter): boolean {
  const record = filed.get(root);
  const copies = letters.filter((letter) => letter.root === root);
  if (record?.messageIds.length !== Math.min(copies.length, maxMessageIds)) return false;
  const text = Buffer.from(record.message.data).toString();
  return copies.some((copy) => copy.text === text && copy.code === record.failure.code);
}

/** Verify sends what it has found out round again, and a letter may be about that. */
function wasAnswered({ journal }: Observations, { n }: SentMessage): boolean {
  return journal.checks.some((check) => check.n === n && check.says !== 'refused');
}

function isTrue(observations: Observations, sent: SentMessage, letter: Letter): boolean {
  const { what } = sent;
  if (letter.code === 'ERR_STALE') return observations.isLate(sent);
  if (what.kind === 'malformed') return letter.code === what.code;
  if (what.kind === 'void')
    return (
      letter.code === 'ERR_INVALID_EVENT' || (letter.code === 'ERR_CONFLICT' && isSeen(observations, sent, letter))
    );
  const others = othersOfKey(observations, sent as Event);
  // An operator may have put anything in the place of another message of the id.
  const isMeddledWith = observations.replaysOf(sent.stream, what.id).length > 0;
  const isOfUuid = letter.detail.startsWith('uuid');
  const isQuiet = what.possibleDuplicate || observations.settings(sent.stream).duplicates === 'count';
  switch (letter.code) {
    case 'ERR_DUPLICATE':
      if (isQuiet && !isOfUuid) return false;
      return isMeddledWith || others.some((other) => other.what.content === what.content || other.what.id !== what.id);
    case 'ERR_CONFLICT':
      return isMeddledWith || others.some((other) => other.what.content !== what.content);
    case 'ERR_INCORRECT':
      return what.toBeChecked && observations.journal.checks.some(({ n, says }) => n === sent.n && says === 'refused');
    case 'ERR_SEQUENCE_JUMP':
      return what.isFarAhead;
    default:
      return false;
  }
}

/** Whether any id of a void was in another message that had been sent by then, or was inferred. */
function isSeen(observations: Observations, { n, stream, what }: SentMessage, letter: Letter): boolean {
  if (what.kind !== 'void') return false;
  return observations.journal.deliveries.some(
    (delivery) =>
      delivery.n !== n &&
      delivery.order < letter.order &&
      delivery.stream === stream &&
      delivery.from <= what.to &&
      delivery.to >= what.from,
  );
}

export function isEvent(sent: SentMessage): sent is Event {
  return sent.what.kind === 'event';
}

function othersOfKey(observations: Observations, { n, what }: Event): readonly Event[] {
  return observations.sentUnder(what.key).filter((other): other is Event => other.n !== n && isEvent(other));
}

function copiesOf(observations: Observations, sent: Event): readonly Event[] {
  return othersOfKey(observations, sent).filter(({ what }) => what.content === sent.what.content);
}
