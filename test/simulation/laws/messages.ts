import { maxMessageIds } from '../../../shared/dead-letter/file-in-record.ts';
import type { SentEvent, SentMalformed, SentMessage, SentVoid } from '../sent-message.ts';
import { unknownType } from '../setting.ts';
import { believedMs, heldBelow, isKnownJump } from './jumps.ts';
import { instantOfText, isUnnumbered, type Observations, type LetterSeen } from './observations.ts';
import type { Range } from '../../../shared/gaps/range.ts';
import type { Law } from './law.ts';

type Event = SentMessage & { readonly what: SentEvent };
/** A message whose key and content are known. It may be malformed. */
type Keyed = SentMessage & { readonly what: SentEvent | (SentMalformed & Pick<SentEvent, 'key' | 'content'>) };

/** At the end of a run every delivery is acked or given up, and every handler of a living instance has returned. */
export const nothingIsUnderWay: Law = function* ({ pending, handlersUnderWay }) {
  if (pending > 0) yield `${pending} deliveries are still pending`;
  if (handlersUnderWay > 0) yield `${handlersUnderWay} handlers have not returned`;
};

/** At the end of a run no event waits for an answer of verify. */
export const checksAreSettled: Law = function* ({ suspects }) {
  for (const { stream, id } of suspects) yield `${stream}/${id} still waits for an answer of verify`;
};

/**
 * Each message of a producer ends in exactly one way: it is cleaned, dead-lettered, applied as a void, or dropped for a
 * reason.
 */
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
    if (codes.length > 1 && !mayEndDifferently(observations, sent)) yield `message ${sent.n} is ${codes.join(' and ')}`;
    const [clean] = cleans;
    if (!clean || codes.length === 0) continue;
    const isLetterFirst = letters.every(({ order }) => order < clean.order);
    if (!isLetterFirst || !mayEndDifferently(observations, sent))
      yield `message ${sent.n} is cleaned, and also has a letter of ${codes.join(' and ')}`;
  }
};

/** A replay is cleaned or dead-lettered again, unless its message was cleaned before, or its record was opened. */
export const replaysAreAnswered: Law = function* (observations) {
  for (const replay of observations.journal.replays) {
    const sent = observations.sentBy(replay.n);
    if (!sent || observations.cleansBy(sent.n).length > 0 || mayEndQuietly(observations, sent)) continue;
    if (isOpenedUnanswered(observations, sent)) continue;
    if (!observations.lettersAbout(sent.n).some(({ order }) => order > replay.order))
      yield `the replay of message ${sent.n} is lost`;
  }
};

/** Whether the record of a message was opened again because its replay was published too late, or had no answer. */
function isOpenedUnanswered({ filed, journal }: Observations, { n }: SentMessage): boolean {
  const records = [...filed.values()].filter(({ message }) => journal.numberOf(message.attributes) === n);
  return records.some(({ history }) => history.some(({ did }) => did === 'no answer'));
}

/**
 * Whether a message may end without a trace. A void may if it was applied. A copy may if the stream only counts
 * duplicates, or if one of the two copies was marked as a possible duplicate. An event that must be checked may if another
 * one came out under its key while verify was asked.
 */
function mayEndQuietly(observations: Observations, sent: SentMessage): boolean {
  if (sent.what.kind === 'void')
    return !isVoidOfCleaned(observations, sent) && !isTooLong(observations, sent.stream, sent.what);
  if (!isEvent(sent)) return false;
  if (sent.what.toBeChecked && cleanKeysOf(observations).has(sent.what.key)) return true;
  const counted = observations.settings(sent.stream).duplicates === 'count';
  return copiesOf(observations, sent).some(
    (copy) =>
      (counted || isPossibleDuplicate(copy) || isPossibleDuplicate(sent)) &&
      (observations.cleansBy(copy.n).length > 0 || observations.lettersAbout(copy.n).length > 0),
  );
}

/** Whether the producer marked a message as a possible duplicate. */
function isPossibleDuplicate({ what }: SentMessage): boolean {
  return what.kind === 'event' && what.possibleDuplicate;
}

function isTooLong(observations: Observations, stream: string, { from, to }: SentVoid): boolean {
  return to - from >= observations.settings(stream).maxGap;
}

/** Whether an id of a void was cleaned before the void was sent. Such a void must have a letter. */
function isVoidOfCleaned(observations: Observations, { n, stream, what }: SentMessage): boolean {
  const sentAt = observations.journal.sent.find(({ sent }) => sent.n === n)?.order ?? 0;
  if (what.kind !== 'void' || observations.isLate({ n })) return false;
  return observations.cleans.some(
    ({ id, order, ...clean }) => clean.stream === stream && what.from <= id && id <= what.to && order < sentAt,
  );
}

/**
 * Whether a message that is redelivered after its letter may end in another way. It may if verify refused an event of
 * its key in between, if its uuid turned out to belong to another id, or if it may begin its stream.
 */
function mayEndDifferently(observations: Observations, sent: SentMessage): boolean {
  if (!isEvent(sent)) return false;
  if (mayBeginItsStream(observations, sent)) return true;
  return [sent, ...othersOfKey(observations, sent)].some((one) =>
    observations.lettersAbout(one.n).some(({ code, detail }) => code === 'ERR_INCORRECT' || detail.startsWith('uuid')),
  );
}

/**
 * Whether a message whose id is far ahead reached track before any lower event of its stream. Then one instance may
 * refuse the message, while another admits its copy.
 */
function mayBeginItsStream(observations: Observations, { n, stream, what }: Event): boolean {
  const [tracked] = observations.deliveriesOf(n);
  if (!what.isFarAhead || !tracked) return false;
  return heldBelow(observations, stream, what.id - 1, tracked.atMs - believedMs).length === 0;
}

/**
 * Every well-formed event that needs no check has a clean event under its key. That is the event itself, or an event
 * with the same key and other content.
 */
export const soundIsCleaned: Law = function* (observations) {
  const cleanKeys = cleanKeysOf(observations);
  for (const sent of observations.sent) {
    if (!isEvent(sent) || sent.what.toBeChecked || sent.what.isFarAhead || observations.isLate(sent)) continue;
    if (!cleanKeys.has(sent.what.key)) yield `nothing was cleaned under ${sent.what.key}, for message ${sent.n}`;
  }
};

/** Returns the keys of all events that came out. A replacement came out under the key that it replaced. */
function cleanKeysOf({ cleans }: Observations): ReadonlySet<string> {
  return new Set(cleans.map(({ key }) => key.replace(/\/r\d+$/, '')));
}

/** A letter has the right code for its message, holds the producer's bytes, and is filed. */
export const lettersAreTrue: Law = function* (observations) {
  for (const letter of observations.letters) {
    if (!isFiled(observations, letter)) yield `the letter of ${letter.root} was never filed`;
    const sent = observations.sentBy(letter.n);
    if (!sent || observations.isOperated(sent.n)) continue;
    if (letter.code === 'ERR_TOO_LARGE') yield* checkKeptWhole(observations, sent, letter);
    else if (letter.text !== sent.text && !wasRewritten(observations, sent))
      yield `the letter of message ${sent.n} holds other bytes: ${letter.text}`;
    if (!isJustified(observations, sent, letter))
      yield `message ${sent.n} has a letter of ${letter.code} without reason: ${sent.text}`;
  }
};

/**
 * The letter of a message that is too large has no bytes. The dead-letter store keeps the whole message under the root
 * of the message.
 */
function* checkKeptWhole(observations: Observations, sent: SentMessage, { text, root }: LetterSeen): Iterable<string> {
  const kept = observations.oversized(root);
  const isWhole =
    kept !== undefined &&
    Buffer.from(kept.data).toString() === sent.text &&
    Object.keys(kept.attributes).length === Object.keys(sent.attributes).length;
  if (text !== '' || !isWhole) yield `message ${sent.n}, which is too large, is not kept whole`;
}

/**
 * Whether the archive counts every publish of a letter, and holds the bytes of one of its copies, and the code of one. A
 * letter that comes again has its own code, but the bytes of the first letter stay.
 */
function isFiled(observations: Observations, { root }: LetterSeen): boolean {
  const record = observations.filed.get(root);
  const copies = observations.lettersOf(root);
  if (record?.messageIds.length !== Math.min(copies.length, maxMessageIds)) return false;
  const text = Buffer.from(record.message.data).toString();
  return copies.some((copy) => copy.text === text) && copies.some(({ code }) => code === record.failure.code);
}

function wasRefused(observations: Observations, { n }: SentMessage): boolean {
  return observations.checksOf(n).some(({ says }) => says === 'refused');
}

/** Whether no system of record knows the type of an event. Verify refuses such an event without asking. */
function isOfUnknownType({ text }: SentMessage): boolean {
  return (JSON.parse(text) as { readonly type: string }).type === unknownType;
}

/** Whether verify accepted or corrected the event. Then a letter may hold the bytes that verify sent. */
function wasRewritten(observations: Observations, { n }: SentMessage): boolean {
  return observations.checksOf(n).some(({ says }) => says !== 'refused');
}

function isJustified(observations: Observations, sent: SentMessage, letter: LetterSeen): boolean {
  const { what } = sent;
  if (letter.code === 'ERR_STALE') return isStale(observations, sent, letter);
  // If Pub/Sub gave it up before validate could say what is wrong, its replay is refused, and its letter stays as it is.
  if (what.kind === 'malformed') return letter.code === what.code || letter.code === 'ERR_DELIVERY';
  if (what.kind === 'void')
    return isTooLong(observations, sent.stream, what)
      ? letter.code === 'ERR_INVALID_EVENT'
      : letter.code === 'ERR_CONFLICT' && isSeen(observations, sent, letter);
  const others = othersOfKey(observations, sent as Event);
  // An operator may have replaced the content of another message of the id.
  const isMeddledWith = observations.replaysAbout(sent as Event).length > 0;
  const isAboutUuid = letter.detail.startsWith('uuid');
  const isQuiet = what.possibleDuplicate || observations.settings(sent.stream).duplicates === 'count';
  switch (letter.code) {
    case 'ERR_DUPLICATE':
      if (isQuiet && !isAboutUuid) return false;
      return isMeddledWith || others.some((other) => other.what.content === what.content || other.what.id !== what.id);
    case 'ERR_CONFLICT':
      return isMeddledWith || others.some((other) => other.what.content !== what.content);
    case 'ERR_INCORRECT':
      return what.toBeChecked && (isOfUnknownType(sent) || wasRefused(observations, sent));
    case 'ERR_SEQUENCE_JUMP':
      return what.isFarAhead && isKnownJump(observations, sent.n, sent.stream, what.id);
    case 'ERR_DELIVERY':
      // Pub/Sub gave up a message that had come out nevertheless, so the operator had nothing to replay.
      return observations.filed.get(letter.root)?.standing.state === 'done';
    default:
      return false;
  }
}

/**
 * Whether a message may be a copy of a forgotten one: it is older than a window, and a sweep has forgotten its ids, or
 * no sweep could do so for a window.
 */
function isStale(observations: Observations, sent: SentMessage, letter: LetterSeen): boolean {
  const { what, stream } = sent;
  const { journal, settings } = observations;
  const { slept } = journal;
  if (!slept || !observations.isLate(sent)) return false;
  const { windowMs, backfill } = settings(stream);
  if (what.kind === 'event' && instantOfText(sent.text) >= letter.atMs - windowMs) return false;
  if (isUnnumbered(settings(stream))) return !backfill && isSweptSince(observations, stream, letter.atMs - windowMs);
  const save = journal.progress.findLast((one) => one.progress.stream === stream && one.order < letter.order);
  if (!save) return false;
  const { forgotten, pieces, sweptAtMs = 0 } = save.progress;
  const ids = what.kind === 'void' ? what : { from: what.id ?? 0, to: what.id ?? 0 };
  const isOver = ({ from, to }: Range): boolean => from <= ids.to && ids.from <= to;
  return sweptAtMs < letter.atMs - windowMs + believedMs || [...forgotten, ...pieces].some(isOver);
}

/** Whether sweeps of an unnumbered stream began before a time. */
function isSweptSince({ journal }: Observations, stream: string, atMs: number): boolean {
  return journal.progress.some(({ progress }) => progress.stream === stream && (progress.sinceMs ?? Infinity) < atMs);
}

/** Whether an inference or another message about an id of a void reached track before the void's letter. */
function isSeen(observations: Observations, { n, stream, what }: SentMessage, letter: LetterSeen): boolean {
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

function isEvent(sent: SentMessage): sent is Event {
  return sent.what.kind === 'event';
}

function othersOfKey(observations: Observations, { n, what }: Event): readonly Keyed[] {
  return observations.sentUnder(what.key).filter((other) => other.n !== n) as readonly Keyed[];
}

function copiesOf(observations: Observations, sent: Event): readonly Keyed[] {
  return othersOfKey(observations, sent).filter(({ what }) => what.content === sent.what.content);
}
