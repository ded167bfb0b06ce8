import type { LetterFilter } from '../dead-letter/letter-filter.ts';
import type { JobStore, LetterIndex } from '../letter-ports.ts';
import type { DeadLetterStore } from '../ports.ts';
import { maxJobLetters, partsOf, type Job, type JobItem } from './job.ts';

/** The letters that a job changes: those that a filter allows, or some by their ids. */
export type JobChoice = { readonly filter: LetterFilter } | { readonly ids: readonly string[] };

export interface PlanDeps {
  readonly jobs: JobStore;
  readonly letterIndex: LetterIndex;
  readonly letters: Pick<DeadLetterStore, 'find'>;
}

const lettersAtOnce = 500;

/**
 * Stores a job with its plan: the letters and their revisions as they are now.
 *
 * @returns Undefined if there are more letters than a job may change, and nothing is stored.
 */
export async function planJob(
  deps: PlanDeps,
  choice: JobChoice,
  job: Omit<Job, 'state' | 'matched' | 'parts' | 'isTried' | 'tolerated'>,
  first: number,
): Promise<Job | undefined> {
  const items = 'ids' in choice ? await itemsById(deps, choice.ids) : await itemsOf(deps, choice.filter);
  if (items.length > maxJobLetters) return undefined;
  const parts = partsOf(items, first);
  const progress = {
    state: 'planned',
    matched: items.length,
    parts: parts.length,
    isTried: false,
    tolerated: 0,
  } as const;
  const planned: Job = { ...job, ...progress };
  // The job comes last, so that a job that is found has all of its parts.
  for (const part of parts) await deps.jobs.savePart(job, part, undefined);
  await deps.jobs.save(planned, undefined);
  return planned;
}

async function itemsOf({ letterIndex }: PlanDeps, filter: LetterFilter): Promise<readonly JobItem[]> {
  const items: JobItem[] = [];
  let position: string | undefined;
  while (items.length <= maxJobLetters) {
    const found: Awaited<ReturnType<LetterIndex['find']>> = await letterIndex.find(filter, lettersAtOnce, position);
    items.push(...(found ?? []).map(({ head: { id, revision } }) => ({ id, revision })));
    position = found?.at(-1)?.position;
    if (!found || found.length < lettersAtOnce) break;
  }
  return items;
}

async function itemsById({ letters }: PlanDeps, ids: readonly string[]): Promise<readonly JobItem[]> {
  const items: JobItem[] = [];
  for (const id of new Set(ids)) {
    const found = await letters.find(id);
    if (found) items.push({ id, revision: found.value.revision });
  }
  return items;
}
