import { z } from 'zod';

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
const iso8601 = z.iso.datetime({ offset: true, local: true });
const zone = /(?:Z|[+-]\d\d:\d\d)$/;
const fraction = /\.(\d+)/;

/**
 * Parses an ISO 8601 date and time. Without a zone it is UTC. Undefined for anything else, such as the 30th of
 * February.
 */
export function parseInstant(text: string): Instant | undefined {
  if (!iso8601.safeParse(text).success) return undefined;
  const ms = Date.parse(zone.test(text) ? text : `${text}Z`);
  // The offset of the zone may move the instant out of the years 0 to 9999.
  if (!(ms >= firstMs && ms <= lastMs)) return undefined;
  const rest = withoutTrailingZeros(fraction.exec(text)?.[1]?.slice(3) ?? '');
  return { ms, exact: rest === '' ? String(ms) : `${ms}.${rest}` };
}

// A loop, because `/0+$/` takes quadratic time on a long row of zeros.
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

/** Formats an instant as `YYYY-MM-DDTHH:MM:SS`, as in the sample, with milliseconds if they are not 0. */
export function spellInstant(ms: number): string {
  return new Date(ms).toISOString().replace(/(?:\.000)?Z$/, '');
}
