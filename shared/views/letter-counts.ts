import { recordStates } from '../dead-letter/dead-letter.ts';
import type { LetterFilter } from '../dead-letter/letter-filter.ts';
import { codes, meaning, type Code } from '../failure.ts';
import type { LetterIndex } from '../letter-ports.ts';
import type { BlockStore } from '../ports.ts';

/** The members by which letters are grouped. */
export const groupings = ['code', 'reason', 'state', 'stream'] as const;
export type Grouping = (typeof groupings)[number];

export interface LetterGroup {
  readonly value: string;
  /** The meaning of a code, or the detail of a reason. */
  readonly text: string | undefined;
  readonly count: number;
  /** Whether there are more letters than were counted. */
  readonly isMore: boolean;
}

/** A count that is not exact ends here: it costs eleven reads. */
const maxCounted = 10_000;
/** The maximum number of reasons of a code, and of streams, that are counted. */
const maxGroups = 60;

export interface CountDeps {
  readonly letterIndex: LetterIndex;
  readonly blocks: Pick<BlockStore, 'streams'>;
}

export interface CountQuery {
  readonly by: Grouping;
  readonly filter: LetterFilter;
  readonly isExact: boolean;
}

/** Counts the letters that a filter allows, by one of their members. The largest groups come first. */
export async function countLetters(
  deps: CountDeps,
  { by, filter, isExact }: CountQuery,
): Promise<readonly LetterGroup[]> {
  const count = async (more: LetterFilter): Promise<Pick<LetterGroup, 'count' | 'isMore'>> => {
    const max = isExact ? undefined : maxCounted + 1;
    const counted = await deps.letterIndex.count({ ...filter, ...more }, max);
    return { count: isExact ? counted : Math.min(counted, maxCounted), isMore: !isExact && counted > maxCounted };
  };
  const values = (await valuesOf(deps, by, filter)).filter(({ value }) => (filter[by] ?? value) === value);
  const groups = await Promise.all(
    values.map(async ({ value, text }) => ({ value, text, ...(await count({ [by]: value })) })),
  );
  const others = by === 'reason' ? await otherReasons(groups, () => count({})) : [];
  return [...groups, ...others].filter((one) => one.count > 0 || by === 'state').toSorted((a, b) => b.count - a.count);
}

async function valuesOf(
  { letterIndex, blocks }: CountDeps,
  by: Grouping,
  { code }: LetterFilter,
): Promise<readonly Pick<LetterGroup, 'value' | 'text'>[]> {
  switch (by) {
    case 'code':
      return codes.map((value) => ({ value, text: meaning[value] }));
    case 'state':
      return recordStates.map((value) => ({ value, text: undefined }));
    case 'stream':
      return ((await blocks.streams(maxGroups))?.names ?? []).map((value) => ({ value, text: undefined }));
    case 'reason':
      return reasonsOf(letterIndex, code);
  }
}

async function reasonsOf(index: LetterIndex, code: Code | undefined) {
  const reasons = code === undefined ? [] : await index.reasons(code, maxGroups);
  return reasons.map(({ reason, text }) => ({ value: reason, text }));
}

/** Returns the group of the reasons that are not listed. It is empty if not all letters could be counted. */
async function otherReasons(
  groups: readonly LetterGroup[],
  countAll: () => Promise<Pick<LetterGroup, 'count' | 'isMore'>>,
): Promise<readonly LetterGroup[]> {
  const all = await countAll();
  if (all.isMore || groups.some(({ isMore }) => isMore)) return [];
  const count = all.count - groups.reduce((sum, one) => sum + one.count, 0);
  return [{ value: 'other', text: 'other reasons', count, isMore: false }];
}
