/**
 * Errors: trouble with us or with a dependency. They are thrown, and the message is delivered again.
 * What is wrong with an event is no error but a {@link Failure} (failure.ts): data, dead-lettered and acked.
 *
 *     RetryableError    passes by itself: an alert tells when a share of deliveries fails with it
 *     InvariantError    does not pass by itself, nor does any error that is not ours: an alert tells of a single one. The message stays until mended code is deployed,
 *                       Pub/Sub gives up (ERR_DELIVERY), or its retention ends
 *
 * A message of Eventmend's own that cannot be read is neither: it is logged and acked (functions/own-messages.ts).
 */
export abstract class EventmendError extends Error {
  abstract readonly code: 'RETRYABLE' | 'INVARIANT' | 'CONFIG' | 'ENVELOPE';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Says that a dependency failed for now: the delivery is to be made again. */
export class RetryableError extends EventmendError {
  readonly code = 'RETRYABLE';
}

/** Says that our own code broke a promise it makes to itself: a bug, never the event's doing. It fails again until it is mended. */
export class InvariantError extends EventmendError {
  readonly code = 'INVARIANT';
}

/** The log message of a bug. An alert tells of a single one (terraform/monitoring.tf). */
export const bugMet = 'a delivery met a bug';

/** Says, at start, everything that is wrong with the settings, a line each. */
export class ConfigError extends EventmendError {
  readonly code = 'CONFIG';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The configuration is not usable:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.problems = problems;
  }
}
