import { sumWords } from '../../shared/operator/job-sums.ts';
import { formatCount } from '../../shared/views/format.ts';
import { thousands } from '../screen/table.ts';

/** How a letter ended in a change of several. */
export type LetterResult = 'published' | 'done' | 'cameBack' | 'invalid' | 'changed' | 'skipped' | 'left';

export interface ResultOf {
  readonly id: string;
  readonly result: LetterResult;
  /** Why it was not sent, or came back. */
  readonly why?: string | undefined;
}

const { published, ...otherWords } = sumWords;
const words: Readonly<Record<LetterResult, string>> = {
  published,
  done: 'done',
  ...otherWords,
  left: 'without an answer yet',
};

/** Counts the results. Together they are as many as the letters. */
export function countResults(results: readonly ResultOf[]): Readonly<Record<string, number>> {
  const counts = Object.keys(words).map(
    (word) => [word, results.filter(({ result }) => result === word).length] as const,
  );
  return { matched: results.length, ...Object.fromEntries(counts.filter(([, count]) => count > 0)) };
}

/**
 * Draws a line for each letter that did not end well, and a line that adds up.
 *
 * @param change Other words for some results.
 */
export function drawLetterResults(
  results: readonly ResultOf[],
  change: Partial<Record<LetterResult, string>> = {},
): string {
  const said = { ...words, ...change };
  const bad = results.filter(({ result }) => !isGood(result));
  const { matched = 0, ...counts } = countResults(results);
  const sums = Object.entries(counts).map(([name, count]) => `${thousands(count)} ${said[name as LetterResult]}`);
  return [
    ...bad.map(({ id, result, why }) => `  ${id}  ${said[result]}${why === undefined ? '' : `: ${why}`}`),
    `  ${formatCount(matched, 'letter')}: ${sums.join(', ') || 'nothing to do'}`,
    '',
  ].join('\n');
}

export function isGood(result: LetterResult): boolean {
  return result === 'published' || result === 'done' || result === 'left';
}

/** The exit code: 3 if some came back or were not sent. */
export function exitCodeOf(results: readonly ResultOf[]): number {
  return results.every(({ result }) => isGood(result)) ? 0 : 3;
}
