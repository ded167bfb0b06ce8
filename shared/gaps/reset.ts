import type { StreamSettings } from '../stream-settings.ts';

/** An operator's word that the numbering of a stream begins again. It acts like the setting `start`, and replaces it. */
export interface Reset {
  /** The first id of the new numbering. It also names the phase of a stream with a step. */
  readonly from: number;
  /**
   * When a sweep began the new numbering, in milliseconds since 1970. Undefined: the next sweep does. Gaps that were
   * found before that time are given up.
   */
  readonly atMs?: number;
  /**
   * Set if no gap of the old numbering is unresolved. Until then no hole is filed, because its row could replace the row
   * of such a gap.
   */
  readonly isSettled?: true;
}

/** The settings of a stream, and the last reset of its numbering. */
export type NumberedSettings = StreamSettings & { readonly reset?: Reset };

/** Returns the settings of a stream as they are after the last reset of its numbering. */
export function afterReset(
  settings: StreamSettings,
  progress: { readonly reset?: Reset | undefined } | undefined,
): NumberedSettings {
  const reset = progress?.reset;
  return reset ? { ...settings, start: reset.from, reset } : settings;
}

/** Whether a gap was found in a numbering that a reset has ended. */
export function isOfOldNumbering({ foundAtMs }: { readonly foundAtMs: number }, reset: Reset | undefined): boolean {
  return reset?.atMs !== undefined && foundAtMs < reset.atMs;
}
