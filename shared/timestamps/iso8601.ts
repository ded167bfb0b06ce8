import { makeInstant, type Instant } from '../instant.ts';
import { dateMs, ordinalDateMs, weekDateMs } from './civil-date.ts';

/** A date by month, by week or by day of the year. With hyphens or without, but not mixed. */
const date = String.raw`(?:\+00)?(?<year>\d{4})(?<hyphen>-?)(?:(?<month>\d\d)\k<hyphen>(?<day>\d\d)|W(?<week>\d\d)\k<hyphen>(?<weekday>\d)|(?<yearday>\d{3}))`;
const time = String.raw`(?<hour>\d\d)(?:(?<colon>:?)(?<minute>\d\d)(?:\k<colon>(?<second>\d\d))?)?(?:[.,](?<fraction>\d+))?`;
const zone = String.raw` ?(?:Z|UTC|GMT|(?<sign>[-+\u2212])(?<zoneHour>\d\d)(?::?(?<zoneMinute>\d\d))?)`;
/** Notes such as `[Europe/Berlin]` (RFC 9557). The zone before them names the instant. */
const notes = String.raw`(?:\[[^[\]!]+\])*`;
const dateAndTime = new RegExp(`^${date}[T ]${time}(?:${zone}${notes})?$`, 'i');

/** The commonest form, which Date.parse reads too. It also takes the days that a short month does not have. */
const commonForm = /^\d{4}-\d\d-(?:[01]\d|2[0-8])T[0-2]\d:\d\d:\d\d(?:\.\d{3})?Z$/;

/** The parts of a date and time, by name. A part that is not there is undefined. */
type Parts = Readonly<Record<string, string | undefined>>;

const minuteMs = 60_000;
const hourMs = 3_600_000;

/**
 * Parses a date and time of ISO 8601 or RFC 3339. Without a zone it is UTC. Undefined for anything that does not name
 * one instant: a date without a time, the 30th of February, a year beyond 9999.
 */
export function parseIso8601(text: string): Instant | undefined {
  const common = commonForm.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(common)) return makeInstant(common);
  const parts: Parts | undefined = dateAndTime.exec(text)?.groups;
  if (!parts) return undefined;
  const day = dayOf(parts);
  const sinceMidnight = timeOf(parts);
  const ahead = zoneOf(parts);
  if (day === undefined || sinceMidnight === undefined || ahead === undefined) return undefined;
  return makeInstant(day + sinceMidnight.ms - ahead, sinceMidnight.below);
}

/** Describes what {@link parseDateOrTime} takes. */
export const spelledTime = 'a date or a time of ISO 8601, such as 2026-07-01 or 2026-07-01T12:00Z; UTC without a zone';

/** Parses a date and time, or a date alone, which stands for its first instant in UTC. */
export function parseDateOrTime(text: string): Instant | undefined {
  return parseIso8601(text) ?? (/^\d{4}-\d\d-\d\d$/.test(text) ? parseIso8601(`${text}T00:00Z`) : undefined);
}

function dayOf({ year, month, day, week, weekday, yearday }: Parts): number | undefined {
  if (month !== undefined) return dateMs(Number(year), Number(month), Number(day));
  if (week !== undefined) return weekDateMs(Number(year), Number(week), Number(weekday));
  return ordinalDateMs(Number(year), Number(yearday));
}

/** Milliseconds, rounded down, and the digits below. */
interface Milliseconds {
  readonly ms: number;
  readonly below: string;
}

/** Returns the time since midnight. `24:00` is the end of the day, and a 60th second is the next second. */
function timeOf({ hour, minute, second, fraction = '' }: Parts): Milliseconds | undefined {
  const [hours, minutes, seconds] = [Number(hour), Number(minute ?? 0), Number(second ?? 0)];
  const unitMs = second !== undefined ? 1_000 : minute !== undefined ? minuteMs : hourMs;
  const part = partOf(fraction, unitMs);
  if (hours > 24 || minutes > 59 || seconds > 60 || !part) return undefined;
  if (hours === 24 && (minutes > 0 || seconds > 0 || /[^0]/.test(fraction))) return undefined;
  return { ms: hours * hourMs + minutes * minuteMs + seconds * 1_000 + part.ms, below: part.below };
}

/** The most digits of a fraction of a minute or an hour. A fraction of a second may have any number. */
const maxCoarseDigits = 15;

function partOf(fraction: string, unitMs: number): Milliseconds | undefined {
  if (unitMs === 1_000) return { ms: Number(fraction.slice(0, 3).padEnd(3, '0')), below: fraction.slice(3) };
  if (fraction.length > maxCoarseDigits) return undefined;
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(fraction) * BigInt(unitMs);
  return { ms: Number(scaled / scale), below: String(scaled % scale).padStart(fraction.length, '0') };
}

/** Returns how far the zone is ahead of UTC, in milliseconds. */
function zoneOf({ sign, zoneHour = '0', zoneMinute = '0' }: Parts): number | undefined {
  const [hours, minutes] = [Number(zoneHour), Number(zoneMinute)];
  if (hours > 23 || minutes > 59) return undefined;
  return (sign === '+' ? 1 : -1) * (hours * hourMs + minutes * minuteMs);
}
