import type { DeadLetter, HistoryEntry } from './dead-letter.ts';

const jobPrefix = 'job/';

/**
 * Returns the key under which a job asks for its changes. The key is the same whoever runs the job, so that one operator
 * can continue it after another.
 */
export function keyOfJob(job: string): string {
  return `${jobPrefix}${job}`;
}

/** Returns the job that asked for a change. Undefined if no job did. */
export function jobOfKey(requestKey: string | undefined): string | undefined {
  return requestKey?.startsWith(jobPrefix) === true ? requestKey.slice(jobPrefix.length) : undefined;
}

/**
 * Returns a record with the revision that it had after a request, so that its caller does not act on what was changed
 * later. Undefined if the record does not know the request.
 */
export function afterRequest(
  record: DeadLetter,
  request: Pick<HistoryEntry, 'by' | 'did' | 'requestKey'>,
): DeadLetter | undefined {
  const { history, revision } = record;
  const isOfJob = jobOfKey(request.requestKey) !== undefined;
  const at = history.findIndex(
    ({ by, did, requestKey }) =>
      requestKey === request.requestKey && did === request.did && (isOfJob || by === request.by),
  );
  if (at < 0) return undefined;
  // Letters that came late changed nothing, and the publish belongs to its decision.
  const isLater = ({ did, replay }: HistoryEntry): boolean =>
    did !== 'came late' && !(did === 'sent' && replay === history[at]?.replay);
  return { ...record, revision: revision - history.slice(at + 1).filter(isLater).length };
}
