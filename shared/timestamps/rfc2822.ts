import { makeInstant, type Instant } from '../instant.ts';
import { dateMs } from './civil-date.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const dateAndTime =
  /^(?:(sun|mon|tue|wed|thu|fri|sat), )?(\d\d?) ([a-z]{3}) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? (?:gmt|utc?|z|([+-])(\d\d)(\d\d))$/i;

/**
 * Parses a date and time of RFC 2822, such as `Sun, 09 Feb 2025 12:00:00 +0000`. Undefined for anything else, such as a
 * wrong day of the week, a year of two digits, or a zone by the name of `EST`.
 */
export function parseRfc2822(text: string): Instant | undefined {
  const [, weekday, day, month, year, hour, minute, second, sign, zoneHour, zoneMinute] = dateAndTime.exec(text) ?? [];
  if (month === undefined) return undefined;
  const date = dateMs(Number(year), months.indexOf(month.toLowerCase()) + 1, Number(day));
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second ?? 0)];
  const [aheadHours, aheadMinutes] = [Number(zoneHour ?? 0), Number(zoneMinute ?? 0)];
  if (date === undefined || hours > 23 || minutes > 59 || seconds > 60 || aheadHours > 23 || aheadMinutes > 59)
    return undefined;
  if (weekday !== undefined && weekdays[new Date(date).getUTCDay()] !== weekday.toLowerCase()) return undefined;
  const ahead = (sign === '-' ? -1 : 1) * (aheadHours * 60 + aheadMinutes);
  return makeInstant(date + ((hours * 60 + minutes - ahead) * 60 + seconds) * 1_000);
}
