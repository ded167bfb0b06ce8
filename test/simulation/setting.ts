import { z } from 'zod';
import type { CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';

/** The types that the simulated producers send. */
export const types = {
  Lead: { system: 'hubspot' },
  Order: { system: 'stripe', consult: 'always' },
  Money: { system: 'stripe', inferable: false, payload: z.looseObject({ amount: z.number() }) },
} as const satisfies CatalogDefinition['types'];

export type TypeName = keyof typeof types;

/** A type that the catalog does not list. */
export const unknownType = 'Gadget';

/** Settings of every simulated stream. The times are short enough to pass within a run. */
const usual = { graceMs: 60_000, resendTimeoutMs: 120_000, maxGap: 6, maxJump: 1_000, minConfidence: 0 } as const;

/** The simulated streams. Each one but `web` has settings of its own. */
export const streams = {
  web: usual,
  shop: { ...usual, uuid: 'global' },
  meter: { ...usual, duplicates: 'count', minConfidence: 0.9 },
  audit: { ...usual, recover: false, maxGap: 600 },
} as const satisfies Readonly<Record<string, Partial<StreamSettings>>>;

export type StreamName = keyof typeof streams;

export const streamNames = Object.keys(streams) as readonly StreamName[];

export const catalogDefinition: CatalogDefinition = { types, streams };

/** The deduplication window of every stream: the default. */
export const windowMs = 14 * 24 * 3_600_000;
