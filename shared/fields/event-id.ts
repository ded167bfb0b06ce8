import { parseDecimal } from '../decimal.ts';
import { kindOf, type Misfit, type Read } from './misfit.ts';

/** The largest id is 2^53 − 1. It has 16 digits. */
const maxDigits = 16;
const digits = /^\d+$/;

/**
 * Reads an id: an integer from 0 to 2^53 − 1. It may be spelt `6.0` or `0.6e1`.
 *
 * @param spelt The text of a number, where a plain parse may have changed its value.
 * @param takesDigits Whether the digits of an id may come as a text, with zeros before them.
 */
export function readEventId(value: unknown, spelt?: string, takesDigits = false): Read<number> {
  // Most ids are plain. `-0` is 0.
  if (spelt === undefined && Number.isSafeInteger(value) && Number(value) >= 0)
    return { value: Math.abs(Number(value)) };
  const isText = typeof value === 'string' && digits.test(value);
  const id = typeof value === 'number' ? integerOf(spelt ?? String(value)) : isText ? integerOf(value) : 'other';
  if (typeof id === 'number' && (!isText || takesDigits)) return { value: id };
  const found = typeof id === 'number' || id === 'other' ? kindOf(value) : id;
  return { misfit: misfitOf(isText ? 'a text of digits' : found, takesDigits) };
}

function misfitOf(found: string, takesDigits: boolean): Misfit {
  return { found, accepted: `an integer from 0 to 2^53-1${takesDigits ? ', also as a text of digits,' : ''}` };
}

/** Reads a number exactly, or says why it is no id. */
function integerOf(text: string): number | string {
  const decimal = parseDecimal(text);
  if (!decimal) return 'a number';
  if (decimal.isNegative) return 'a number below 0';
  if (decimal.point < decimal.digits.length) return 'a number with a fraction';
  if (decimal.point > maxDigits) return 'a number above 2^53-1';
  const id = Number(decimal.digits.padEnd(Number(decimal.point), '0'));
  return Number.isSafeInteger(id) ? id : 'a number above 2^53-1';
}
