import { parseDecimal, type Decimal } from '../decimal.ts';
import { makeInstant, type Instant } from '../instant.ts';

/** The units of a number that counts from 1970: seconds, milliseconds, microseconds. */
export const epochUnits = ['s', 'ms', 'us'] as const;
export type EpochUnit = (typeof epochUnits)[number];

/** The powers of ten by which a unit is larger than a millisecond. */
const powers: Readonly<Record<EpochUnit, number>> = { s: 3, ms: 0, us: -3 };

/**
 * The most digits before the point, and the most zeros after it, in milliseconds. No instant of the years 0 to 9999 has
 * more than 15 digits.
 */
const maxPoint = 16;

/**
 * Reads a number of units since 1970. The text is the number as it was written, in JSON or as digits, so that
 * microseconds above 2^53 stay exact. Undefined for a text that is no number, for fractions
 * below 10^-16 ms, and outside of the years 0 to 9999.
 */
export function parseEpoch(text: string, unit: EpochUnit): Instant | undefined {
  const decimal = parseDecimal(text);
  if (!decimal) return undefined;
  const point = decimal.point + BigInt(powers[unit]);
  return point > maxPoint || point < -maxPoint ? undefined : instantOf(decimal, Number(point));
}

function instantOf({ isNegative, digits }: Decimal, point: number): Instant | undefined {
  const padded = point < 0 ? '0'.repeat(-point) + digits : digits.padEnd(point, '0');
  const whole = Number(padded.slice(0, Math.max(0, point)));
  const below = padded.slice(Math.max(0, point));
  if (!isNegative) return makeInstant(whole, below);
  // Milliseconds are rounded down, so the digits below count from the millisecond before.
  return below === '' ? makeInstant(0 - whole) : makeInstant(-whole - 1, complement(below));
}

/** Returns the digits of 1 − 0.digits. The last digit is not zero. */
function complement(digits: string): string {
  const last = digits.length - 1;
  return digits.replaceAll(/\d/g, (digit, at: number) => String((at === last ? 10 : 9) - Number(digit)));
}
