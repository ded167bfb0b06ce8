/** A change of many letters. Its plan is made at once, so that it is clear which letters it changes. */
export interface Job {
  readonly id: string;
  /** The operator who planned it. */
  readonly by: string;
  /** The operator who runs it, or ran it last. Its changes are recorded under this name. Undefined before it is run. */
  readonly runBy?: string | undefined;
  readonly action: JobAction;
  /** Why letters are discarded or reopened. */
  readonly note: string;
  /** The JSON text of a JSON Patch, which is applied to each letter before it is replayed. */
  readonly patch: string | undefined;
  readonly replace: boolean;
  /** The filter, or the ids, as they were asked for. */
  readonly chosenBy: string;
  readonly createdAtMs: number;
  readonly state: JobState;
  /** The number of letters. */
  readonly matched: number;
  /** The number of parts of the plan. The first part is the trial. */
  readonly parts: number;
  /** The maximum number of letters a second. */
  readonly rate: number;
  /** Whether the trial went well, or an operator let the job go on. */
  readonly isTried: boolean;
  /** The number of letters that had gone wrong when an operator let the job go on. */
  readonly tolerated: number;
  /** The number of parts that were run, from the first one on. */
  readonly partsRun: number;
  /** The numbers of the parts that have replays without an answer. */
  readonly unanswered: readonly number[];
  /** How many letters have each result. It is saved in one commit with the part that changes it. */
  readonly results: JobResults;
}

export const jobActions = ['replay', 'discard', 'reopen'] as const;
export type JobAction = (typeof jobActions)[number];
export type JobState = 'planned' | 'running' | 'paused' | 'stopped' | 'done';

/** A part of a plan, with what became of its letters. */
export interface JobPart {
  readonly number: number;
  readonly items: readonly JobItem[];
  /** Whether each of its letters has a result. It is not run again. */
  readonly isRun: boolean;
}

export interface JobItem {
  readonly id: string;
  /** The revision of the letter when the plan was made. A letter with another one is not changed. */
  readonly revision: number;
  readonly result?: JobResult | undefined;
  readonly why?: string | undefined;
}

/** `sent`: the replay has no answer yet. `done`: discarded or reopened. */
export type JobResult = 'sent' | 'published' | 'done' | 'cameBack' | 'invalid' | 'changed' | 'skipped';
export const jobResults = ['sent', 'published', 'done', 'cameBack', 'invalid', 'changed', 'skipped'] as const;

/** The number of letters with each result. */
export type JobResults = Readonly<Record<JobResult, number>>;

/** The sums of a job. All but `matched` add up to it. */
export interface JobCounts {
  readonly matched: number;
  readonly published: number;
  readonly done: number;
  readonly cameBack: number;
  readonly invalid: number;
  readonly changed: number;
  readonly skipped: number;
  /** Those that were not changed yet, and replays without an answer. */
  readonly left: number;
}

/** How long a job is kept, after it was planned. */
export const jobRetentionMs = 90 * 86_400_000;

/** How long a plan can be run after it was made. Later its letters are most likely others. */
const planValidMs = 3_600_000;

/** Whether a plan was not run in time, so that it cannot be run any more. */
export function isExpiredPlan({ state, runBy, partsRun, createdAtMs }: Job, nowMs: number): boolean {
  const wasRun = state === 'done' || runBy !== undefined || partsRun > 0;
  return !wasRun && nowMs >= createdAtMs + planValidMs;
}

/** Returns the state of a job as it is shown. */
export function shownState(job: Job, nowMs: number): Job['state'] | 'expired' {
  return isExpiredPlan(job, nowMs) ? 'expired' : job.state;
}

export const maxJobLetters = 100_000;
/** The letters of a part. A part with its results is one document of at most 1 MiB. */
const partSize = 500;
/** The share of letters that go wrong at which a job pauses. */
const maxWrongShare = 0.1;

/** Divides a plan: the first part is the trial. */
export function partsOf(items: readonly JobItem[], first: number): readonly JobPart[] {
  const trial = Math.min(first, items.length, partSize);
  const parts: JobPart[] = trial > 0 ? [{ number: 0, items: items.slice(0, trial), isRun: false }] : [];
  for (let from = trial; from < items.length; from += partSize)
    parts.push({ number: parts.length, items: items.slice(from, from + partSize), isRun: false });
  return parts;
}

/** The members that a job has before any of its parts was run. */
export const unrun = {
  state: 'planned',
  isTried: false,
  tolerated: 0,
  partsRun: 0,
  unanswered: [],
  results: resultsOf([]),
} as const satisfies Partial<Job>;

/** Returns a job after a change of one of its parts. It is done with its last result, also if it was stopped meanwhile. */
export function withPart(job: Job, before: JobPart, after: JobPart): Job {
  const [old, now] = [resultsOf(before.items), resultsOf(after.items)];
  const results = mapResults((result) => job.results[result] - old[result] + now[result]);
  const others = job.unanswered.filter((number) => number !== after.number);
  const unanswered = isAnswered(after) ? others : [...others, after.number].toSorted((a, b) => a - b);
  const partsRun = after.isRun ? Math.max(job.partsRun, after.number + 1) : job.partsRun;
  const isDone = partsRun === job.parts && unanswered.length === 0;
  return { ...job, results, unanswered, partsRun, ...(isDone && { state: 'done' }) };
}

/** Returns the sums of a job. */
export function countJob({ matched, results }: Pick<Job, 'matched' | 'results'>): JobCounts {
  const { published, done, cameBack, invalid, changed, skipped } = results;
  const counts = { published, done, cameBack, invalid, changed, skipped };
  return { matched, ...counts, left: matched - sumOf(counts) };
}

/**
 * Whether so many letters went wrong that an operator should look before the job goes on. The trial is judged as a
 * whole. After the last part there is nothing to hold back.
 */
export function isTrouble({ tolerated, results, partsRun, parts }: Job): boolean {
  const wrong = countWrong(results) - tolerated;
  return partsRun > 0 && partsRun < parts && wrong > 0 && wrong >= sumOf(results) * maxWrongShare;
}

/**
 * Counts the letters that came back or would: the plan is wrong for them, for example its patch. Letters that somebody
 * else changed, or that may not be sent, say nothing about the plan.
 */
export function countWrong({ cameBack, invalid }: JobResults): number {
  return cameBack + invalid;
}

/** Whether each replay of a part has an answer. */
export function isAnswered({ items }: JobPart): boolean {
  return items.every(({ result }) => result !== 'sent');
}

/** Counts the results of letters. */
export function resultsOf(items: readonly JobItem[]): JobResults {
  return mapResults((wanted) => items.filter(({ result }) => result === wanted).length);
}

function mapResults(count: (result: JobResult) => number): JobResults {
  return Object.fromEntries(jobResults.map((result) => [result, count(result)])) as JobResults;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}
