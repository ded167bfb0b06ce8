/* Formats of times and amounts. */

export function rfc3339(atMs: number): string {
  return new Date(atMs).toISOString();
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Formats a time in UTC: `12:03:04` if it is today, otherwise `2025-02-09 12:03`. */
export function formatTime(atMs: number, nowMs: number): string {
  const [date = '', time = ''] = rfc3339(atMs).split('T');
  const isToday = Math.floor(atMs / dayMs) === Math.floor(nowMs / dayMs);
  return isToday ? time.slice(0, 8) : `${date} ${time.slice(0, 5)}`;
}

/** Formats a time relative to now: `4 min ago`, `in 12 s`. */
export function formatDistance(atMs: number, nowMs: number): string {
  const distanceMs = Math.abs(nowMs - atMs);
  if (distanceMs < secondMs) return 'now';
  const distance = formatDuration(distanceMs);
  return atMs < nowMs ? `${distance} ago` : `in ${distance}`;
}

/** Formats a duration in its largest unit, rounded down: `59 min`, `47 h`, `2 d`. One below zero, between two clocks, is `0 s`. */
export function formatDuration(ms: number): string {
  if (ms < minuteMs) return `${Math.floor(Math.max(0, ms) / secondMs)} s`;
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`;
  return ms < 2 * dayMs ? `${Math.floor(ms / hourMs)} h` : `${Math.floor(ms / dayMs)} d`;
}

/**
 * Formats an amount with thousands separators. Ids are not formatted like this, because users copy them and search for
 * them.
 */
export function formatAmount(amount: number): string {
  return amount.toLocaleString('en-US');
}

/**
 * Formats a count with its noun: `1 gap`, `2 gaps`, `10,000+ gaps`.
 *
 * @param isMore Whether there are more than were counted.
 */
export function formatCount(
  count: number,
  noun: string,
  { plural = `${noun}s`, isMore = false }: { readonly plural?: string; readonly isMore?: boolean } = {},
): string {
  return `${formatAmount(count)}${isMore ? '+' : ''} ${count === 1 && !isMore ? noun : plural}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 999_950 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Matches control and format characters, which are invisible or change the direction of text. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Escapes invisible characters, such as `\u{202e}`, so that an operator sees them. Line breaks and tabs stay. */
export function showInvisible(text: string): string {
  return text.replace(invisible, (char) => {
    return char === '\n' || char === '\t' ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
