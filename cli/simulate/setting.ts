import { z } from 'zod';
import type { CatalogDefinition, StreamSettings } from '../../shared/catalog-definition.ts';

/** What the simulated producers send: types as a user might list them. */
export const types = {
  Lead: { system: 'hubspot' },
  Order: { system: 'stripe', consult: 'always' },
  Money: { system: 'stripe', inferable: false, payload: z.looseObject({ amount: z.number() }) },
} as const satisfies CatalogDefinition['types'];

export type TypeName = keyof typeof types;

/** How the simulated streams are treated: one setting that matters each, and all that is short enough to be reached in a run. */
const usual = { graceMs: 60_000, resendTimeoutMs: 120_000, maxGap: 6, maxJump: 1_000, minConfidence: 0 } as const;

export const streams = {
  web: usual,
  shop: { ...usual, uuid: 'global' },
  meter: { ...usual, duplicates: 'count', minConfidence: 0.9 },
  audit: { ...usual, recover: false },
} as const satisfies Readonly<Record<string, Partial<StreamSettings>>>;

export type StreamName = keyof typeof streams;

export const streamNames = Object.keys(streams) as readonly StreamName[];

export const catalogDefinition: CatalogDefinition = { types, streams };

/** How long ids are remembered: the default. */
export const windowMs = 14 * 24 * 3_600_000;
