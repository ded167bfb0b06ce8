import { details, type Failure } from '../failure.ts';
import { makeLetter } from '../messages/letter.ts';
import type { Message } from '../messages/message.ts';
import { isLetterDue, sequencesIntervalMs } from './letter-times.ts';
import { spellRanges } from './range.ts';
import type { RevisionRun } from './revision-runs.ts';

/** The maximum number of runs that a letter lists. */
const maxRunsListed = 100;

/**
 * Writes the dead letter that tells of ids that hold several events one after another. Its root has the day, so a stream
 * has at most one such letter a day, also if it is published again.
 *
 * @param runs Ascending, at least one.
 */
export function severalSequencesLetter(stream: string, runs: readonly RevisionRun[], failedAtMs: number): Message {
  const ids = runs.reduce((sum, run) => sum + run.ids, 0);
  const { code, detail } = details.severalSequences;
  const failure: Failure = { code, stage: 'sweep', detail: `${detail}: ${spellRanges(runs, ids)}` };
  const body = { stream, runs: runs.slice(0, maxRunsListed), more: Math.max(0, runs.length - maxRunsListed) };
  const message = { data: Buffer.from(JSON.stringify(body)), attributes: { stream } };
  const day = new Date(failedAtMs).toISOString().slice(0, 'yyyy-mm-dd'.length);
  return makeLetter(message, failure, { root: `sequences/${stream}/${day}`, failedAtMs, stream });
}

/** Whether a stream may be told of again: its last letter is a day old. */
export function isSequenceLetterDue(lastMs: number | undefined, nowMs: number): boolean {
  return isLetterDue(lastMs, sequencesIntervalMs, nowMs);
}
