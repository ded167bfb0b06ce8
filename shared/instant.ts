import { z } from 'zod';

/** A point in time: the milliseconds that keys and blocks hold, and the exact form that content hashes compare. */
export interface Instant {
  /** Milliseconds since 1970, rounded down. */
  readonly ms: number;
  /** `ms` and the digits below a millisecond, without trailing zeros: equal for equal instants however they are spelt. */
  readonly exact: string;
}

const iso8601 = z.iso.datetime({ offset: true, local: true });
const zone = /(?:Z|[+-]\d\d:\d\d)$/;
const belowMilliseconds = /\.\d{3}(\d*?)0*(?:Z|[+-]\d\d:\d\d)?$/;

/** Reads an ISO 8601 date and time, as UTC where it has no zone. Undefined for anything else, the 30th of February included. */
export function parseInstant(text: string): Instant | undefined {
  if (!iso8601.safeParse(text).success) return undefined;
  const ms = Date.parse(zone.test(text) ? text : `${text}Z`);
  if (Number.isNaN(ms)) return undefined;
  const rest = belowMilliseconds.exec(text)?.[1] ?? '';
  return { ms, exact: rest === '' ? String(ms) : `${ms}.${rest}` };
}

/** Spells an instant as producers do in the sample: `YYYY-MM-DDTHH:MM:SS`, with milliseconds where there are any. */
export function spellInstant(ms: number): string {
  return new Date(ms).toISOString().replace(/(?:\.000)?Z$/, '');
}
