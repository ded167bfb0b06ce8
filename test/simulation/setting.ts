import { z } from 'zod';
import type { CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';

/** The events and the records have a note in common, which never changes. */
const recorded = {
  system: 'hubspot',
  record: {
    kind: 'deal',
    id: '/data/record',
    fields: { '/note': { at: '/properties/note', fixed: true } },
    visibleMs: 0,
  },
  undecided: 'refuse',
} as const;

/** The types that the simulated producers send. */
export const types = {
  Lead: recorded,
  Order: { ...recorded, consult: 'always' },
  Money: { ...recorded, inferable: false, payload: z.looseObject({ amount: z.number() }) },
} as const satisfies CatalogDefinition['types'];

export type TypeName = keyof typeof types;

/** A type that the catalog does not list. */
export const unknownType = 'Gadget';

/**
 * Settings of the simulated streams. The times are short enough to pass within a run. Streams with few events would
 * make nearly every gap doubtful, so doubt is off.
 */
const usual = {
  graceMs: 60_000,
  resendTimeoutMs: 120_000,
  maxGap: 6,
  maxJump: 1_000,
  minConfidence: 0,
  doubt: { near: 1, far: 1, pairs: 0 },
} as const;

/** The distance of two consecutive ids in the stream `steps`. */
export const stepOfSteps = 3;

/** Streams with consecutive ids. Each one but `web` has settings of its own. */
const consecutive = {
  web: usual,
  shop: { ...usual, uuid: 'global' },
  meter: { ...usual, duplicates: 'count', minConfidence: 0.9 },
  audit: { ...usual, recover: false, maxGap: 600 },
} as const satisfies Readonly<Record<string, Partial<StreamSettings>>>;

/** Streams whose events have no ids. */
const unnumbered = {
  hooks: { ...usual, numbering: 'none' },
  /** A uuid is one event even if its copies have other timestamps. */
  visits: { ...usual, numbering: 'none', uuid: 'global', duplicates: 'count' },
  /** The history of the stream is being loaded. */
  loads: { ...usual, numbering: 'none', backfill: true },
} as const satisfies Readonly<Record<string, Partial<StreamSettings>>>;

/** The simulated streams. */
export const streams = {
  ...consecutive,
  /** Every third number is an id. */
  steps: { ...usual, numbering: { step: stepOfSteps } },
  /** Other producers use many of the numbers, so that the stream has holes that are no losses. */
  shards: { ...usual, doubt: { near: 0.2, far: 0.125, pairs: 16 }, minConfidence: 0.01 },
  /** Numbers without an event are normal. */
  pool: { ...usual, numbering: { holes: 'normal' } },
  ...unnumbered,
} as const satisfies Readonly<Record<string, Partial<StreamSettings>>>;

export type StreamName = keyof typeof streams;

export const streamNames = Object.keys(streams) as readonly StreamName[];
export type UnnumberedName = keyof typeof unnumbered;
export const unnumberedStreams = Object.keys(unnumbered) as readonly UnnumberedName[];
export const numberedStreams = streamNames.filter((name) => !(name in unnumbered));
export const consecutiveStreams = Object.keys(consecutive) as readonly StreamName[];
/** The streams whose numbers do not grow by one from event to event. */
export const unusualStreams = ['steps', 'shards', 'pool'] as const satisfies readonly StreamName[];

export const catalogDefinition: CatalogDefinition = { types, streams };

/** The moment at which every run begins, in milliseconds since 1970. */
export const simulatedFromMs = Date.UTC(2026, 6, 1);

/** The deduplication window of every stream: the default. */
export const windowMs = 14 * 24 * 3_600_000;
