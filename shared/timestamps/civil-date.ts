const dayMs = 86_400_000;

/** Returns the first moment of a date in UTC, in milliseconds since 1970. Undefined for the 30th of February. */
export function dateMs(year: number, month: number, day: number): number | undefined {
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() : undefined;
}

/** Returns the first moment of a day of a year. Day 1 is the 1st of January. */
export function ordinalDateMs(year: number, day: number): number | undefined {
  const first = dateMs(year, 1, 1);
  const next = dateMs(year + 1, 1, 1);
  if (first === undefined || next === undefined || day < 1) return undefined;
  const ms = first + (day - 1) * dayMs;
  return ms < next ? ms : undefined;
}

/** Returns the first moment of a day of an ISO week. Day 1 is Monday, and week 1 has the 4th of January. */
export function weekDateMs(year: number, week: number, day: number): number | undefined {
  const first = firstMondayMs(year);
  const next = firstMondayMs(year + 1);
  if (first === undefined || next === undefined || week < 1 || day < 1 || day > 7) return undefined;
  const monday = first + (week - 1) * 7 * dayMs;
  return monday < next ? monday + (day - 1) * dayMs : undefined;
}

function firstMondayMs(year: number): number | undefined {
  const fourth = dateMs(year, 1, 4);
  return fourth === undefined ? undefined : fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * dayMs;
}
