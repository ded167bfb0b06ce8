import type { z } from 'zod';

/** What the catalog may say of a type of event. Everything is optional. */
export interface TypeDefinition {
  /**
   * What `data` must look like (a zod schema); what does not fit is `ERR_INVALID_PAYLOAD`. The schema reports its first 16 issues,
   * here and wherever else it is used. Data that is too deep for a schema that contains itself, from some 700 levels, does not fit.
   * Of two open objects take `a.extend(b.shape)` rather than `a.and(b)`: zod's intersection takes time by the square of the members.
   */
  readonly payload?: z.ZodType;
  /** The system of record that knows the truth about events of this type. */
  readonly system?: SystemName;
  /** When it is asked: only about events said to be invalid (the default), never, always, or about a share of all, 0 to 1. */
  readonly consult?: 'invalid' | 'never' | 'always' | { readonly share: number };
  /** Whether a missing event may be inferred to be of this type. By default yes, but for what is always checked. */
  readonly inferable?: boolean;
  /** Path of the entity that the event is about, such as `data.case`. */
  readonly entity?: string;
}

export type SystemName = 'hubspot' | 'stripe' | 'twilio';

/** How one stream is treated. */
export interface StreamSettings {
  /** How long a gap may stay open before anyone is asked. */
  readonly graceMs: number;
  /** How long a producer has to answer a request to resend. */
  readonly resendTimeoutMs: number;
  /** The longest range that is inferred, and the most ids that one void may close. */
  readonly maxGap: number;
  /** How far above the highest id seen a new one may be. */
  readonly maxJump: number;
  /** An inference below this confidence, 0 to 1, is not published. */
  readonly minConfidence: number;
  /** How long ids are remembered: the deduplication window. Never shorter than messages are kept (`retentionDays` of topology.json). */
  readonly windowMs: number;
  /** Whether duplicates are kept as dead letters or only counted. */
  readonly duplicates: 'letter' | 'count';
  /** The id that the stream begins with; by default the lowest seen in its first grace. */
  readonly start?: number;
  /** Whether a uuid is unique within its id, or in the whole stream (which costs a write an event). */
  readonly uuid: 'sequence' | 'global';
  /** Whether missing events are asked for and inferred, or only listed. */
  readonly recover: boolean;
}

export const defaultStreamSettings: StreamSettings = {
  graceMs: 60_000,
  resendTimeoutMs: 300_000,
  maxGap: 1_000,
  maxJump: 1_000_000,
  minConfidence: 0.8,
  windowMs: 14 * 24 * 3_600_000,
  duplicates: 'letter',
  uuid: 'sequence',
  recover: true,
};
