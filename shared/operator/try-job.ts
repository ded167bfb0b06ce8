import { runLimited } from '../run-limited.ts';
import { changeForJob } from './change-for-job.ts';
import { withoutEffects } from './dry-run.ts';
import type { Job, JobItem } from './job.ts';
import { LetterOperations, type OperationDeps } from './letter-operations.ts';

/** The number of letters of a job that are tried when it is planned. Each is read with its message. */
const maxTried = 10;

/** A letter of a job that was tried. `ok`: the job would change it. */
export interface TriedLetter {
  readonly id: string;
  readonly result: 'ok' | 'invalid' | 'changed' | 'skipped';
  readonly why?: string | undefined;
}

/** Tries what a job would do with the first letters of its plan. It changes nothing. */
export async function tryJob(
  deps: OperationDeps,
  job: Pick<Job, 'id' | 'by' | 'action' | 'note' | 'patch' | 'replace'>,
  items: readonly JobItem[],
): Promise<readonly TriedLetter[]> {
  const operations = new LetterOperations(withoutEffects(deps));
  const first = items.filter(({ result }) => result === undefined).slice(0, maxTried);
  const tried: TriedLetter[] = [];
  await runLimited(first, maxTried, async (item, i) => {
    const { result, why } = await changeForJob(operations, job, item, job.by);
    const isRefused = result === 'invalid' || result === 'changed' || result === 'skipped';
    tried[i] = { id: item.id, result: isRefused ? result : 'ok', why };
  });
  return tried;
}
