import { parseDecimal } from '../decimal.ts';

/**
 * Returns a text that is the same for all spellings of a number, and differs for different numbers. Undefined if the text
 * is no number.
 */
export function exactNumber(text: string): string | undefined {
  const decimal = parseDecimal(text);
  return decimal && `${decimal.isNegative ? '-' : ''}${decimal.digits}e${decimal.point}`;
}
