import type { UnreadableGap } from '../ports.ts';

/** Describes a row that cannot be read: `the row of the gap 5–7 cannot be read: foundAtMs: expected number`. */
export function spellUnreadable({ from, to, reason }: Pick<UnreadableGap, 'from' | 'to' | 'reason'>): string {
  const range = to === undefined ? `that begins with ${from}` : from === to ? String(from) : `${from}–${to}`;
  return `the row of the gap ${range} cannot be read: ${reason}`;
}
