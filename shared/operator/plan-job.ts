import type { LetterFilter } from '../dead-letter/letter-filter.ts';
import type { JobStore, LetterIndex } from '../letter-ports.ts';
import type { DeadLetterStore } from '../ports.ts';
import { runLimited } from '../run-limited.ts';
import { maxJobLetters, partsOf, resultsOf, unrun, type Job, type JobItem } from './job.ts';
import { jobEntry } from './job-sums.ts';

/** The letters that a job changes: those that a filter allows, or some by their ids. */
export type JobChoice = { readonly filter: LetterFilter } | { readonly ids: readonly string[] };

export interface PlanDeps {
  readonly jobs: JobStore;
  readonly letterIndex: LetterIndex;
  readonly letters: Pick<DeadLetterStore, 'head'>;
}

const unknownLetter = 'unknown: there is no such dead letter';

const lettersAPage = 500;
/** The number of calls of the store at once. */
const callsAtOnce = 20;

/** A job before its letters are known. */
export type JobOrder = Omit<Job, 'matched' | 'parts' | keyof typeof unrun>;

/**
 * Finds the letters that a job would change, with their revisions as they are now. Ids that no letter has come last, and
 * are skipped.
 *
 * @returns Undefined if there are more letters than a job may change.
 */
export async function chooseLetters(
  deps: Pick<PlanDeps, 'letterIndex' | 'letters'>,
  choice: JobChoice,
): Promise<readonly JobItem[] | undefined> {
  const items = 'ids' in choice ? await itemsById(deps, choice.ids) : await itemsOf(deps, choice.filter);
  return items.length > maxJobLetters ? undefined : items;
}

/** Stores a job with its plan: the letters that were chosen. */
export async function planJob(
  { jobs }: Pick<PlanDeps, 'jobs'>,
  order: JobOrder,
  items: readonly JobItem[],
  first: number,
): Promise<Job> {
  const parts = partsOf(items, first);
  const job: Job = { ...order, ...unrun, results: resultsOf(items), matched: items.length, parts: parts.length };
  // The job comes last, so that a job that is found has all of its parts.
  await runLimited(parts, callsAtOnce, async (part) => {
    await jobs.planPart(job, part);
  });
  await jobs.save(job, undefined, jobEntry(job, 'planned a job', { by: job.by, nowMs: job.createdAtMs }));
  return job;
}

async function itemsOf(
  { letterIndex }: Pick<PlanDeps, 'letterIndex'>,
  filter: LetterFilter,
): Promise<readonly JobItem[]> {
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

async function itemsById({ letters }: Pick<PlanDeps, 'letters'>, ids: readonly string[]): Promise<readonly JobItem[]> {
  const found: JobItem[] = [];
  await runLimited(new Set(ids), callsAtOnce, async (id, i) => {
    const head = await letters.head(id);
    found[i] = head ? { id, revision: head.revision } : { id, revision: 0, result: 'skipped', why: unknownLetter };
  });
  return [...found.filter((item) => !isUnknown(item)), ...found.filter(isUnknown)];
}

/** Whether no letter has the id of an item of a plan. */
export function isUnknown({ why }: JobItem): boolean {
  return why === unknownLetter;
}
