import { isDeepStrictEqual } from 'node:util';
import type { Range } from '../../../shared/gaps/range.ts';
import { blockIndex } from '../../../shared/tracking/block.ts';
import { correction } from '../records.ts';
import { noId } from '../sent-message.ts';
import { unknownType, type TypeName } from '../setting.ts';
import {
  instantOfText,
  isClaimed,
  isUnnumbered,
  type CleanSeen,
  type LetterSeen,
  type Observations,
} from './observations.ts';
import { groupBy } from './group-by.ts';
import { isIn } from './naive-fronts.ts';
import type { Law } from './law.ts';

/** The types that may be inferred. `Money` and types that are always checked may not. */
const inferable: ReadonlySet<string> = new Set(['Lead', unknownType] satisfies (TypeName | typeof unknownType)[]);

/**
 * How far the timestamp of an inference may lie before the first event of its stream or after the last one, in
 * milliseconds.
 */
const slackMs = 3_600_000;
/**
 * The maximum time from a publish to its mark, in milliseconds. It covers a timer of one second, a backoff and some
 * round trips.
 */
const markingMs = 10_000;
/**
 * The maximum time between a publish and a fault that may have lost its mark, in milliseconds. The fault is one of the
 * instance that published. No call takes longer.
 */
const troubledMs = 30_000;

/**
 * A key identifies one event. A second publish under a key must be of the same message, and its delivery must have
 * begun before the first publish was marked.
 */
export const oneKeyOneEvent: Law = function* (observations) {
  for (const [key, cleans] of groupBy(observations.cleans, (clean) => clean.key)) {
    const [first, ...again] = cleans;
    if (!first) continue;
    for (const clean of again.filter((one) => !isAfterStop(observations, one))) {
      if (clean.n !== first.n) yield `${key} was cleaned for message ${first.n ?? '-'}, and for ${clean.n ?? '-'}`;
      else if (clean.text !== first.text && !observations.isOperated(clean.n))
        yield `${key} was cleaned with two contents`;
      else if (!mayPublishAgain(observations, cleans, clean))
        yield `${key} was cleaned again, though its first publish should have been marked by then, at ${clean.atMs}`;
    }
  }
};

/**
 * A copy of a forgotten event is refused if a sweep had covered its id. This holds before the first sweep after the
 * scheduler had stopped, and afterwards.
 */
export const forgottenStaysOut: Law = function* (observations) {
  const { slept } = observations.journal;
  if (!slept) return;
  const before = new Set(observations.cleans.filter(({ order }) => order < slept.order).map(({ key }) => key));
  for (const clean of observations.cleans.filter(({ order }) => order > slept.order)) {
    const { settings, journal } = observations;
    if (settings(clean.stream).backfill) continue;
    const forgettableAtMs = slept.atMs + settings(clean.stream).windowMs;
    const isLateCopy = journal.sent.some(({ sent, atMs }) => sent.n === clean.n && atMs > forgettableAtMs);
    if (isLateCopy && before.has(clean.key) && wasSwept(observations, clean) && !mayHaveNewBlock(observations, clean))
      yield `${clean.key} was cleaned again after it was forgotten, for message ${clean.n ?? '-'}`;
  }
};

/** Whether an id is inferred after the scheduler had stopped, and no sweep had covered it before. */
function mayBeUnknown(observations: Observations, clean: CleanSeen): boolean {
  return isAfterStop(observations, clean) && !wasSwept(observations, clean);
}

/** Whether a sweep covered an id before the scheduler stopped. Nothing else remembers the id. */
function wasSwept({ journal: { slept, progress }, settings }: Observations, { stream, id }: CleanSeen): boolean {
  if (isUnnumbered(settings(stream)))
    return progress.some((seen) => seen.progress.stream === stream && seen.order < (slept?.order ?? 0));
  return progress.some(
    (seen) => seen.progress.stream === stream && isIn(seen.progress.pieces, id) && seen.order < (slept?.order ?? 0),
  );
}

/**
 * Whether the block of an id may have been deleted and then created again before a sweep could record that the id was
 * forgotten.
 */
function mayHaveNewBlock(
  { journal: { slept, awoke, deliveries } }: Observations,
  { n, stream, id }: CleanSeen,
): boolean {
  if (!slept || id === noId) return false;
  return deliveries.some(
    (one) =>
      one.stream === stream &&
      one.n !== n &&
      blockIndex(one.from) <= blockIndex(id) &&
      blockIndex(id) <= blockIndex(one.to) &&
      slept.order < one.order &&
      one.order < (awoke?.order ?? Number.POSITIVE_INFINITY),
  );
}

/** Each message is cleaned under one key, unless an operator edits it. */
export const oneEventOneKey: Law = function* (observations) {
  for (const { n } of observations.sent) {
    const keys = new Set(observations.cleansBy(n).map(({ key }) => key));
    if (keys.size > 1 && !observations.isOperated(n)) yield `message ${n} was cleaned under ${[...keys].join(' and ')}`;
  }
};

/** A clean event has the content of its producer, of verify or of an operator. If it needed a check, it was checked. */
export const cleanIsTrue: Law = function* (observations) {
  for (const clean of observations.cleans) {
    const sent = observations.sentBy(clean.n);
    if (clean.origin === 'reconstructed') continue;
    if (observations.isOperated(clean.n)) {
      yield* replayIsTrue(observations, clean);
      continue;
    }
    if (sent?.what.kind !== 'event') {
      yield `${clean.key} was cleaned, but no producer sent it`;
      continue;
    }
    const { what, text, n } = sent;
    const answers = observations.answersAbout(n);
    if (clean.id !== what.id) yield `message ${n} was cleaned as id ${clean.id}`;
    if (clean.key !== what.key) yield `message ${n} was cleaned under ${clean.key} in place of ${what.key}`;
    if (clean.origin === 'producer') {
      if (what.toBeChecked) yield `message ${n} was cleaned without having been checked`;
      if (withValid(text) !== clean.text)
        yield `message ${n} was cleaned with bytes that its producer did not send: ${clean.text}`;
    } else if (!answers.includes(clean.origin))
      yield `message ${n} is marked ${clean.origin}, but no system of record said so`;
    else if (!isDeepStrictEqual(JSON.parse(clean.text), eventOfVerify(text, clean.origin)))
      yield `message ${n} was ${clean.origin}, but was cleaned as ${clean.text}`;
    else if (clean.verification !== clean.origin)
      yield `message ${n} was ${clean.origin}, but its attribute verification is ${clean.verification ?? 'absent'}`;
  }
};

/**
 * A replayed message is cleaned with its own bytes or with those of an edit. Without an edit it still needs a required
 * check.
 */
function* replayIsTrue(observations: Observations, { n, key, origin, text }: CleanSeen): Iterable<string> {
  const sent = observations.sentBy(n);
  const edits = observations.journal.replays.flatMap((replay) => (replay.n === n ? (replay.edited ?? []) : []));
  if (origin !== 'producer' && origin !== 'replayed') return;
  if (edits.some((edit) => withValid(edit) === text)) return;
  // If Pub/Sub gave up the message with verify's answer, the dead letter and its replay have verify's bytes.
  if (
    sent &&
    observations.answersAbout(n).some((says) => isDeepStrictEqual(JSON.parse(text), eventOfVerify(sent.text, says)))
  )
    return;
  if (!sent || withValid(sent.text) !== text) yield `${key} was cleaned with bytes that nobody sent: ${text}`;
  else if (sent.what.kind === 'event' && sent.what.toBeChecked) yield `${key} was cleaned without having been checked`;
}

/** Makes the event that verify publishes after it has verified or corrected an event. */
function eventOfVerify(text: string, origin: string): unknown {
  const event = { ...(JSON.parse(text) as object), valid: true };
  return origin === 'verified'
    ? event
    : { ...event, note: correction, _eventmend: { corrections: [{ at: '/note', after: correction }] } };
}

function withValid(text: string): string {
  return text.includes('"valid"') ? text : text.replace(/}$/, ',"valid":true}');
}

/**
 * An event is inferred only if it was missing and the settings allowed to infer it. If its original comes, the original
 * supersedes the inference, in whatever order a consumer reads the two.
 */
export const inferenceGivesWay: Law = function* (observations) {
  const superseded = new Set(observations.cleans.map(({ supersedes }) => supersedes));
  const times = timesOf(observations);
  for (const clean of observations.cleans) {
    if (clean.origin !== 'reconstructed') continue;
    const { stream, id, key, type } = clean;
    const settings = observations.settings(stream);
    if (key !== `${stream}/${id}/inferred`) yield `an inference was cleaned under ${key}`;
    if (!settings.recover) yield `${key} was inferred in a stream with recover: false`;
    if (!inferable.has(type)) yield `${key} was inferred to be ${type}`;
    if (clean.confidence < settings.minConfidence) yield `${key} was inferred with confidence ${clean.confidence}`;
    const time = times.get(stream);
    const instant = instantOfText(clean.text);
    if (!time || instant < time.from || instant > time.to)
      yield `${key} was inferred with a timestamp too far from the events of its stream`;
    // Nothing records which events came after the last sweep, if the next one came when they had been forgotten.
    if (observations.isForgotten(stream) || mayBeUnknown(observations, clean)) continue;
    const original = observations.cleans.find(
      (one) =>
        one.stream === stream && one.id === id && one.origin !== 'reconstructed' && !isAfterStop(observations, one),
    );
    if (original && !superseded.has(key))
      yield `${key} was not superseded by its original, message ${original.n ?? '-'}`;
    if (!wasMissing(observations, clean)) yield `${key} was inferred, though an event of that id had come`;
  }
};

/**
 * Finds the first and the last instant of the events of each stream, without inferred events. Each range is widened by
 * {@link slackMs} on both sides.
 */
function timesOf({ cleans }: Observations): ReadonlyMap<string, Range> {
  const times = new Map<string, Range>();
  for (const { stream, origin, text } of cleans) {
    if (origin === 'reconstructed') continue;
    const instant = instantOfText(text);
    const { from, to } = times.get(stream) ?? { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
    times.set(stream, { from: Math.min(from, instant - slackMs), to: Math.max(to, instant + slackMs) });
  }
  return times;
}

/** Whether neither an event nor a dead letter of an id had been published when its inference reached track. */
function wasMissing(observations: Observations, { stream, id }: CleanSeen): boolean {
  const tracked = observations.deliveriesOf(undefined).find((one) => one.stream === stream && one.from === id);
  const wasSeen = (seen: CleanSeen | LetterSeen): boolean =>
    seen.stream === stream &&
    seen.id === id &&
    seen.n !== undefined &&
    isClaimed(seen) &&
    (tracked === undefined || seen.order < tracked.order);
  return !observations.cleans.some(wasSeen) && !observations.letters.some(wasSeen);
}

/** Each replacement supersedes the content that its key had before. So only one content of a key is not superseded. */
export const replacementsFollow: Law = function* ({ cleans }) {
  for (const { key, supersedes } of cleans) {
    const [, base, replacement] = /^(.*)\/r(\d+)$/.exec(key) ?? [];
    if (base === undefined) continue;
    const before = replacement === '1' ? base : `${base}/r${Number(replacement) - 1}`;
    if (supersedes !== before) yield `${key} supersedes ${supersedes ?? 'nothing'} in place of ${before}`;
  }
};

/** The sink holds every clean event, and a tombstone for each superseded one. */
export const sinkAgrees: Law = function* ({ cleans, sink }) {
  const superseded = new Set(cleans.map(({ supersedes }) => supersedes));
  for (const [key, ofKey] of groupBy(cleans, (clean) => clean.key)) {
    const held = sink(key);
    const isBuried = held !== undefined && 'supersededBy' in held;
    if (held === undefined || isBuried !== superseded.has(key))
      yield `the sink holds ${JSON.stringify(held)} of ${key}`;
    else if ('event' in held && !ofKey.some(({ text }) => text === String(held.event.data)))
      yield `the sink holds other bytes of ${key}`;
  }
};

/**
 * Whether a second publish is allowed. It is allowed if its delivery began before the first publish had to be marked.
 * It is also allowed if the mark may be lost, because the instance that had to write the mark met a fault.
 */
function mayPublishAgain(observations: Observations, cleans: readonly CleanSeen[], again: CleanSeen): boolean {
  const markedAtMs = Math.min(
    ...cleans
      .filter((clean) => clean.order < again.order && clean.isAnswered)
      .filter(
        ({ by, atMs }) => !observations.troublesOf(by).some((trouble) => Math.abs(trouble.atMs - atMs) <= troubledMs),
      )
      .map(({ atMs }) => atMs + markingMs),
  );
  return observations
    .deliveriesOf(again.n)
    .some(
      ({ by, stream, from, atMs, order, endedAtMs }) =>
        by === again.by &&
        stream === again.stream &&
        (again.id === noId || from === again.id) &&
        order < again.order &&
        (endedAtMs === undefined || endedAtMs >= again.atMs || again.isOverdue) &&
        atMs <= markedAtMs,
    );
}

/** Whether an event was cleaned after the scheduler stopped. From then on, ids may be forgotten. */
function isAfterStop({ journal: { slept } }: Observations, { order }: CleanSeen): boolean {
  return slept !== undefined && order > slept.order;
}
