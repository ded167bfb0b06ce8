import { isUnresolved, type AskedAgain, type Gap } from '../../../shared/gaps/gap.ts';
import type { Message } from '../../../shared/messages/message.ts';
import { readRequest } from '../../../shared/gaps/request.ts';
import { mostSkewMs } from '../fleet.ts';
import type { PublishedSeen } from '../journal.ts';
import { groupBy } from './group-by.ts';
import { idsSeen } from './ids-seen.ts';
import { isLongRow } from './naive-fronts.ts';
import { isUnnumbered, type Observations } from './observations.ts';
import type { Law } from './law.ts';

/** The longest time from the read of blocks to a publish that takes effect late, in milliseconds. */
const maxAskMs = 120_000;

/** A gap is requested first, and inferred only after its deadline. */
export const gapsAreAskedFor: Law = function* (observations) {
  const requests = observations.journal.published.filter(({ topic }) => topic === 'reprocess-requests').map(requestOf);
  const byRange = groupBy(requests, ({ stream, from, to }) => `${stream}/${from}–${to}`);
  for (const row of observations.rows) {
    const name = `the row ${row.stream}/${row.from}–${row.to} (${row.state})`;
    const own = byRange.get(`${row.stream}/${row.from}–${row.to}`) ?? [];
    const { recover, numbering } = observations.settings(row.stream);
    const isListed = !recover || (typeof numbering === 'object' && 'holes' in numbering);
    if (isListed && own.length > 0) yield `${name} was requested, though the gaps of its stream are only listed`;
    if (isLongRow(row, observations.settings(row.stream)) && own.some(({ attempt }) => attempt === 1))
      yield `${name} was requested, though it is too long`;
    if (
      row.requestedAtMs !== undefined &&
      !own.some((one) => one.phase === 'resend' && one.deadlineMs === Math.trunc(row.deadlineMs ?? 0))
    )
      yield `${name} was never requested with the deadline ${row.deadlineMs ?? '-'}`;
    for (const { phase, atMs } of own) {
      if (phase === 'infer' && atMs < (row.deadlineMs ?? Number.POSITIVE_INFINITY) - 2 * mostSkewMs)
        yield `${name} was sent to be inferred before its deadline`;
    }
  }
  for (const clean of observations.cleans) {
    const isAsked = requests.some(
      ({ phase, stream, from, to, order }) =>
        phase === 'infer' && stream === clean.stream && from <= clean.id && clean.id <= to && order < clean.order,
    );
    if (clean.origin === 'reconstructed' && !isAsked)
      yield `${clean.key} was inferred, but no request had asked for it`;
  }
};

/**
 * A producer is asked again only when it had its time to answer, and for no id that came before. The row of the gap says
 * so, and goes on to say so when it is filed again without its first ids.
 */
export const askedAgainIsTrue: Law = function* (observations) {
  const requests = againRequests(observations);
  const last = new Map<string, AskedAgain>();
  for (const { row, order } of observations.journal.rows) {
    const name = `the row ${row.stream}/${row.from}–${row.to}`;
    const { askedAgain } = row;
    const before = last.get(nameOfGap(row));
    if (!askedAgain && before) yield `${name} no longer says that it was asked for again`;
    if (!askedAgain || askedAgain.atMs === before?.atMs) continue;
    last.set(nameOfGap(row), askedAgain);
    const dueMs = before?.deadlineMs ?? row.deadlineMs ?? 0;
    if (askedAgain.atMs < dueMs - 2 * mostSkewMs) yield `${name} was asked for again before ${dueMs}`;
    if (askedAgain.count !== (before?.count ?? 0) + 1) yield `${name} was asked for again, and not counted`;
    const isAsked = requests.some(
      (one) =>
        one.order < order &&
        one.stream === row.stream &&
        one.deadlineMs === Math.trunc(askedAgain.deadlineMs) &&
        row.from <= one.from &&
        one.to <= row.to,
    );
    if (!isAsked) yield `${name} says that it was asked for again, but no request had asked for it`;
  }
  for (const { stream, from, to, atMs } of requests) {
    if (isLongRow({ from, to }, observations.settings(stream))) continue;
    const ids = idsSeen(observations, stream);
    for (const id of [from, to])
      if ((ids.get(id)?.visibleAtMs ?? Number.POSITIVE_INFINITY) < atMs - maxAskMs)
        yield `${stream}/${id} was asked for again, though it had come`;
  }
};

/**
 * Names a gap by its last id. If a new gap replaces its first ids, the rest of its row gets a new first id, and keeps the
 * last one and the time at which the gap was found.
 */
function nameOfGap({ stream, to, foundAtMs }: Gap): string {
  return `${stream}/${to}/${foundAtMs}`;
}

function againRequests({ journal }: Observations) {
  const requests = journal.published.filter(({ topic }) => topic === 'reprocess-requests').map(requestOf);
  return requests.filter(({ phase, attempt }) => phase === 'resend' && attempt > 1);
}

/** A gap that is resolved is not filed again, so that it is told once. Its range may become part of another gap. */
export const rowsStayResolved: Law = function* ({ journal }) {
  const resolved = new Map<string, string>();
  for (const { row } of journal.rows) {
    const name = `${row.stream}/${row.from}–${row.to}`;
    if (!isUnresolved(row)) resolved.set(name, row.state);
    else if (resolved.has(name)) yield `the row ${name} is ${row.state}, though it was ${resolved.get(name) ?? '-'}`;
  }
};

/**
 * No number is inferred that its producer never uses. Where holes have a period, or where more than a quarter of the
 * neighbours have a hole between them, nothing at all is inferred.
 */
export const nothingIsInvented: Law = function* ({ cleans, journal }) {
  const withHoles = new Set([...journal.unused].map((name) => name.slice(0, name.lastIndexOf('/'))));
  for (const { stream, id, origin } of cleans)
    if (origin === 'reconstructed' && withHoles.has(stream)) {
      const isUnused = journal.unused.has(`${stream}/${id}`);
      yield `${stream}/${id} was inferred, ${isUnused ? 'but its producer never uses it' : 'though the numbers around have many holes'}`;
    }
};

/** An unnumbered stream has no gaps, no requests and no inferences, because it has no numbers. */
export const unnumberedHasNoGaps: Law = function* ({ cleans, rows, journal, settings }) {
  const isIn = (stream: string | undefined): boolean => stream !== undefined && isUnnumbered(settings(stream));
  for (const { stream, from } of rows) if (isIn(stream)) yield `the ledger of ${stream} has a gap at ${from}`;
  for (const { topic, message } of journal.published)
    if (topic === 'reprocess-requests' && isIn(requestedStream(message)))
      yield `a gap of an unnumbered stream was requested`;
  for (const { stream, key, origin } of cleans)
    if (isIn(stream) && origin === 'reconstructed') yield `${key} was inferred in an unnumbered stream`;
  for (const { progress } of journal.progress)
    if (isIn(progress.stream) && progress.pieces.length > 0) yield `${progress.stream} has fronts`;
};

function requestedStream(message: Message): string {
  return readRequest(message).stream;
}

function requestOf({ message, order, atMs }: PublishedSeen) {
  return { ...readRequest(message), order, atMs };
}
