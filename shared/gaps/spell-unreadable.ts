import type { UnreadableGap } from '../ports.ts';

/** Spells which row cannot be read, and why: `the row of the gap 5–7 cannot be read: foundAtMs: expected number`. */
export function spellUnreadable({ from, to, reason }: Pick<UnreadableGap, 'from' | 'to' | 'reason'>): string {
  const range = to === undefined ? `that begins with ${from}` : from === to ? String(from) : `${from}–${to}`;
  return `the row of the gap ${range} cannot be read: ${reason}`;
}
