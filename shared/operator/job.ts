/** A change of many letters. Its plan is made at once, so that it is clear which letters it changes. */
export interface Job {
  readonly id: string;
  /** The operator who planned it. */
  readonly by: string;
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
  /** The number of letters that had come back when an operator let the job go on. */
  readonly tolerated: number;
}

export const jobActions = ['replay', 'discard', 'reopen'] as const;
export type JobAction = (typeof jobActions)[number];
export type JobState = 'planned' | 'running' | 'paused' | 'stopped' | 'done';

/** A part of a plan, with what became of its letters. */
export interface JobPart {
  readonly number: number;
  readonly items: readonly JobItem[];
  /** Whether it was run. It is not run again. */
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

export const maxJobLetters = 100_000;
/** The letters of a part. A part with its results is one document of at most 1 MiB. */
const partSize = 500;
/** The share of letters that come back at which a job pauses. */
const maxCameBackShare = 0.1;

/** Divides a plan: the first part is the trial. */
export function partsOf(items: readonly JobItem[], first: number): readonly JobPart[] {
  const trial = Math.min(first, items.length, partSize);
  const parts: JobPart[] = trial > 0 ? [{ number: 0, items: items.slice(0, trial), isRun: false }] : [];
  for (let from = trial; from < items.length; from += partSize)
    parts.push({ number: parts.length, items: items.slice(from, from + partSize), isRun: false });
  return parts;
}

export function countJob({ matched }: Pick<Job, 'matched'>, parts: readonly JobPart[]): JobCounts {
  const results = parts.flatMap(({ items }) => items.map(({ result }) => result));
  const count = (wanted: JobResult): number => results.filter((result) => result === wanted).length;
  const counts = {
    published: count('published'),
    done: count('done'),
    cameBack: count('cameBack'),
    invalid: count('invalid'),
    changed: count('changed'),
    skipped: count('skipped'),
  };
  return { matched, ...counts, left: matched - Object.values(counts).reduce((sum, one) => sum + one, 0) };
}

/** Whether so many letters came back that an operator should look before the job goes on. */
export function isTrouble({ tolerated }: Pick<Job, 'tolerated'>, parts: readonly JobPart[]): boolean {
  const items = parts.filter(({ isRun }) => isRun).flatMap((part) => part.items);
  const cameBack = items.filter(({ result }) => result === 'cameBack').length - tolerated;
  return cameBack > 0 && cameBack >= items.length * maxCameBackShare;
}

/** Whether a part was run, and each of its replays has an answer. */
export function isAnswered({ items, isRun }: JobPart): boolean {
  return isRun && items.every(({ result }) => result !== 'sent');
}
