import type { LetterFilter } from '../dead-letter/letter-filter.ts';
import type { JobStore, LetterIndex } from '../letter-ports.ts';
import type { DeadLetterStore } from '../ports.ts';
import { runLimited } from '../run-limited.ts';
import { maxJobLetters, partsOf, unrun, type Job, type JobItem } from './job.ts';
import { jobEntry } from './job-sums.ts';

/** The letters that a job changes: those that a filter allows, or some by their ids. */
export type JobChoice = { readonly filter: LetterFilter } | { readonly ids: readonly string[] };

export interface PlanDeps {
  readonly jobs: JobStore;
  readonly letterIndex: LetterIndex;
  readonly letters: Pick<DeadLetterStore, 'head'>;
}

const lettersAPage = 500;
/** The number of calls of the store at once. */
const callsAtOnce = 20;

/**
 * Stores a job with its plan: the letters and their revisions as they are now.
 *
 * @returns Undefined if there are more letters than a job may change, and nothing is stored.
 */
export async function planJob(
  deps: PlanDeps,
  choice: JobChoice,
  job: Omit<Job, 'matched' | 'parts' | keyof typeof unrun>,
  first: number,
): Promise<Job | undefined> {
  const items = 'ids' in choice ? await itemsById(deps, choice.ids) : await itemsOf(deps, choice.filter);
  if (items.length > maxJobLetters) return undefined;
  const parts = partsOf(items, first);
  const planned: Job = { ...job, ...unrun, matched: items.length, parts: parts.length };
  // The job comes last, so that a job that is found has all of its parts.
  await runLimited(parts, callsAtOnce, async (part) => {
    await deps.jobs.planPart(job, part);
  });
  await deps.jobs.save(planned, undefined, jobEntry(planned, 'planned a job', { by: job.by, nowMs: job.createdAtMs }));
  return planned;
}

async function itemsOf({ letterIndex }: PlanDeps, filter: LetterFilter): Promise<readonly JobItem[]> {
  const items: JobItem[] = [];
  let position: string | undefined;
  while (items.length <= maxJobLetters) {
    const found: Awaited<ReturnType<LetterIndex['find']>> = await letterIndex.find(filter, lettersAPage, position);
    items.push(...(found ?? []).map(({ head: { id, revision } }) => ({ id, revision })));
    position = found?.at(-1)?.position;
    if (!found || found.length < lettersAPage) break;
  }
  return items;
}

async function itemsById({ letters }: PlanDeps, ids: readonly string[]): Promise<readonly JobItem[]> {
  const found: (JobItem | undefined)[] = [];
  await runLimited(new Set(ids), callsAtOnce, async (id, i) => {
    const head = await letters.head(id);
    found[i] = head && { id, revision: head.revision };
  });
  return found.filter((item) => item !== undefined);
}
