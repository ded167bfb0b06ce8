import { z } from 'zod';
import { count } from './setting-kinds.ts';

const dayMs = 86_400_000;

/** The shortest retention of settled letters, in days: a message of a letter may be under way that long. */
const minRetentionDays = 30;

/** How long dead letters are kept. */
export const letterSettingsSchema = z.object({
  retentionDays: count(minRetentionDays)
    .default(90)
    .describe('for how many days a letter that is done or discarded is kept'),
  openDays: count(1)
    .optional()
    .describe('after how many days an open letter is discarded, with an alert. By default open letters stay for ever'),
});

export type LetterSettings = z.output<typeof letterSettingsSchema>;

/** The same settings, in milliseconds. */
export interface LetterRetention {
  readonly settledMs: number;
  /** Undefined if open letters stay for ever. */
  readonly openMs: number | undefined;
}

export function letterRetentionOf({ retentionDays, openDays }: LetterSettings): LetterRetention {
  return { settledMs: retentionDays * dayMs, openMs: openDays === undefined ? undefined : openDays * dayMs };
}

export const defaultLetterRetention = letterRetentionOf(letterSettingsSchema.parse({}));
