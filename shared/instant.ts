import { z } from 'zod';

/** A point in time: the milliseconds that keys and blocks hold, and the exact form that content hashes compare. */
export interface Instant {
  /** Milliseconds since 1970, rounded down. */
  readonly ms: number;
  /** `ms` and the digits below a millisecond, without trailing zeros: equal for equal instants however they are spelt. */
  readonly exact: string;
}

/** The years 0 to 9999. */
const firstMs = Date.parse('0000-01-01T00:00:00Z');
const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const iso8601 = z.iso.datetime({ offset: true, local: true });
const zone = /(?:Z|[+-]\d\d:\d\d)$/;
const fraction = /\.(\d+)/;

/** Reads an ISO 8601 date and time, as UTC where it has no zone. Undefined for anything else, the 30th of February included. */
export function parseInstant(text: string): Instant | undefined {
  if (!iso8601.safeParse(text).success) return undefined;
  const ms = Date.parse(zone.test(text) ? text : `${text}Z`);
  // A zone may lead out of the years that can be spelt.
  if (!(ms >= firstMs && ms <= lastMs)) return undefined;
  const rest = withoutTrailingZeros(fraction.exec(text)?.[1]?.slice(3) ?? '');
  return { ms, exact: rest === '' ? String(ms) : `${ms}.${rest}` };
}

// A loop: `/0+$/` takes the square of the time on a long row of zeros.
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

/** Spells an instant as producers do in the sample: `YYYY-MM-DDTHH:MM:SS`, with milliseconds where there are any. */
export function spellInstant(ms: number): string {
  return new Date(ms).toISOString().replace(/(?:\.000)?Z$/, '');
}
