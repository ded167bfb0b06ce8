import type { Gap } from '../../../shared/gaps/gap.ts';
import { readRequest } from '../../../shared/gaps/request.ts';
import { mostSkewMs } from '../fleet.ts';
import type { PublishedSeen } from '../journal.ts';
import type { Observations } from './observations.ts';
import { groupBy } from './group-by.ts';
import type { Law } from './law.ts';

/** A gap is requested first, and inferred only after its deadline. A gap that is given up has a letter. */
export const gapsAreAskedFor: Law = function* (observations) {
  const requests = observations.journal.published.filter(({ topic }) => topic === 'reprocess-requests').map(requestOf);
  const byRange = groupBy(requests, ({ stream, from, to }) => `${stream}/${from}–${to}`);
  for (const row of observations.rows) {
    const name = `the row ${row.stream}/${row.from}–${row.to} (${row.state})`;
    const own = byRange.get(`${row.stream}/${row.from}–${row.to}`) ?? [];
    const isListed = !observations.settings(row.stream).recover;
    if (isListed && own.length > 0) yield `${name} was requested, though the gaps of its stream are only listed`;
    if (
      row.requestedAtMs !== undefined &&
      !own.some((one) => one.phase === 'resend' && one.deadlineMs === Math.trunc(row.deadlineMs ?? 0))
    )
      yield `${name} was never requested with the deadline ${row.deadlineMs ?? '-'}`;
    for (const { phase, atMs } of own) {
      if (phase === 'infer' && atMs < (row.deadlineMs ?? Number.POSITIVE_INFINITY) - 2 * mostSkewMs)
        yield `${name} was sent to be inferred before its deadline`;
    }
    if (row.state === 'abandoned' && !isGivenUp(observations, row)) yield `${name} was given up without a letter`;
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

function requestOf({ message, order, atMs }: PublishedSeen) {
  return { ...readRequest(message), order, atMs };
}

function isGivenUp(observations: Observations, { stream, from }: Gap): boolean {
  return observations.lettersOf(`gap/${stream}/${from}`).some(({ code }) => code === 'ERR_GAP_UNRECOVERABLE');
}
