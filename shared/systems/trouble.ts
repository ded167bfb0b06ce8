import { RetryableError } from '../errors.ts';
import type { SystemName } from '../record-kinds.ts';

/**
 * The kind of a trouble. `limit`: too many requests. `outage`: no answer, a 5xx, or an answer that cannot be read.
 * `refusal`: any other answer, which a further try would get again.
 */
export type TroubleKind = 'limit' | 'outage' | 'refusal';

/**
 * A system of record could not answer. The message names the system, the status and the vendor's code. The error of a
 * vendor's client is never its cause: HubSpot's holds the body, and Twilio's the key.
 */
export class SystemTrouble extends RetryableError {
  readonly kind: TroubleKind;
  /** How long the system wants to be left alone, in milliseconds. Undefined if it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(system: SystemName, kind: TroubleKind, what: string, retryAfterMs?: number) {
    super(`${system}: ${what}`);
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}
