import { withoutTrailingZeros } from './decimal.ts';

/** A point in time, in milliseconds for keys and blocks, and in an exact form for content hashes. */
export interface Instant {
  /** Milliseconds since 1970, rounded down. */
  readonly ms: number;
  /**
   * `ms` and the digits below a millisecond, without trailing zeros. Equal instants have the same exact form, however
   * they are spelt.
   */
  readonly exact: string;
}

/** The years 0 to 9999. */
const firstMs = Date.parse('0000-01-01T00:00:00Z');
const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Makes an instant. Undefined outside of the years 0 to 9999.
 *
 * @param below The decimal digits below a millisecond.
 */
export function makeInstant(ms: number, below = ''): Instant | undefined {
  if (!(ms >= firstMs && ms <= lastMs)) return undefined;
  const rest = withoutTrailingZeros(below);
  return { ms, exact: rest === '' ? String(ms) : `${ms}.${rest}` };
}

/** Formats an instant as `YYYY-MM-DDTHH:MM:SS`, as in the sample, with milliseconds if they are not 0. */
export function spellInstant(ms: number): string {
  return new Date(ms).toISOString().replace(/(?:\.000)?Z$/, '');
}
