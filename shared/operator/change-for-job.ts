import { keyOfJob } from '../dead-letter/repeated-request.ts';
import type { Job, JobItem } from './job.ts';
import type { LetterOperations, OperationResult } from './letter-operations.ts';
import type { OperationRefusal } from './refusal.ts';

/** The result of the change of one letter of a job, or of the look for its answer. */
export type ItemOutcome = Pick<JobItem, 'result' | 'why'>;

/**
 * Changes one letter as its job says. A change that the job made before is not made again, whoever runs the job.
 *
 * @param by The operator who runs the job.
 */
export async function changeForJob(
  operations: LetterOperations,
  job: Pick<Job, 'id' | 'action' | 'note' | 'patch' | 'replace'>,
  { id, revision }: JobItem,
  by: string,
): Promise<ItemOutcome> {
  const { action, note, patch, replace } = job;
  const caller = { by, requestKey: keyOfJob(job.id) };
  switch (action) {
    case 'discard':
      return outcomeOf(await twice(() => operations.discard(id, note, { ...caller, revision })), 'done');
    case 'reopen':
      return outcomeOf(await twice(() => operations.reopen(id, note, { ...caller, revision })), 'done');
    case 'replay':
      break;
  }
  let seen = revision;
  if (patch !== undefined) {
    const drafted = await twice(() => operations.saveValidDraft(id, { patch }, { ...caller, revision }));
    if (drafted.refusal) return outcomeOf(drafted, 'done');
    seen = drafted.madeBeforeIn ?? drafted.record.revision;
  }
  return outcomeOf(await twice(() => operations.replay(id, { replace }, { ...caller, revision: seen })), 'sent');
}

/** Makes a change again if the letter was changed meanwhile: another call may have made the same change for this job. */
async function twice<Result extends OperationResult>(make: () => Promise<Result>): Promise<Result> {
  const result = await make();
  return result.refusal?.code === 'changed' ? make() : result;
}

function outcomeOf(result: OperationResult, good: 'sent' | 'done'): ItemOutcome {
  return result.refusal ? { result: resultOf(result.refusal.code), why: whyRefused(result.refusal) } : { result: good };
}

const invalidCodes: readonly OperationRefusal['code'][] = ['invalid', 'patch-failed', 'too-large'];

function resultOf(code: OperationRefusal['code']): NonNullable<JobItem['result']> {
  if (code === 'changed') return 'changed';
  return invalidCodes.includes(code) ? 'invalid' : 'skipped';
}

function whyRefused({ code, message, next, failure }: OperationRefusal): string {
  if (code === 'changed') return 'The letter was changed since the job was planned.';
  if (failure) return `${failure.code} ${failure.detail}`;
  return resultOf(code) === 'skipped' ? `${message} ${next}` : message;
}
