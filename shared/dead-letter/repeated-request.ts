import type { DeadLetter, HistoryEntry } from './dead-letter.ts';

/**
 * Returns a record with the revision that it had after a request, so that its caller does not act on what was changed
 * later. Undefined if the record does not know the request.
 */
export function afterRequest(
  record: DeadLetter,
  request: Pick<HistoryEntry, 'by' | 'did' | 'requestKey'>,
): DeadLetter | undefined {
  const { history, revision } = record;
  const at = history.findIndex(
    ({ by, did, requestKey }) => requestKey === request.requestKey && by === request.by && did === request.did,
  );
  if (at < 0) return undefined;
  // Letters that came late changed nothing, and the publish belongs to its decision.
  const isLater = ({ did, replay }: HistoryEntry): boolean =>
    did !== 'came late' && !(did === 'sent' && replay === history[at]?.replay);
  return { ...record, revision: revision - history.slice(at + 1).filter(isLater).length };
}
