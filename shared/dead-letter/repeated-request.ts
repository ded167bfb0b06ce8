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
 * Returns the revision that a record had after a request, so that its caller does not act on what was changed later.
 * Undefined if the record does not know the request.
 */
export function revisionAfter(
  { history, revision }: Pick<DeadLetter, 'history' | 'revision'>,
  request: Pick<HistoryEntry, 'by' | 'did' | 'requestKey'>,
): number | undefined {
  const isOfJob = jobOfKey(request.requestKey) !== undefined;
  const at = history.findIndex(
    ({ by, did, requestKey }) =>
      requestKey === request.requestKey && did === request.did && (isOfJob || by === request.by),
  );
  if (at < 0) return undefined;
  // Letters that came late changed nothing, and the publish belongs to its decision.
  const isLater = ({ did, replay }: HistoryEntry): boolean =>
    did !== 'came late' && !(did === 'sent' && replay === history[at]?.replay);
  return revision - history.slice(at + 1).filter(isLater).length;
}
