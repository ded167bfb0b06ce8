/**
 * The base class of errors. An error is a problem of Eventmend or of a dependency. It is thrown, and the message is
 * delivered again. A problem of an event is a {@link Failure} (failure.ts) and not an error: it is data, dead-lettered
 * and acked.
 *
 *     RetryableError    passes by itself; an alert reports when a share of deliveries fails with it
 *     AccessError       a system of record refuses its key; a single one alerts, and a person must act. The message is
 *                       delivered again
 *     InvariantError    a bug, like any error of another class; an alert reports a single one. The message stays
 *                       until fixed code is deployed, Pub/Sub gives up (ERR_DELIVERY), or its retention ends
 *
 * A message of Eventmend itself that cannot be read is logged and acked (functions/own-messages.ts).
 */
export abstract class EventmendError extends Error {
  abstract readonly code: 'RETRYABLE' | 'ACCESS' | 'INVARIANT' | 'CONFIG' | 'ENVELOPE';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A temporary failure of a dependency. The delivery is made again. */
export class RetryableError extends EventmendError {
  readonly code = 'RETRYABLE';
}

/** A system of record refuses the key, or the key is one of another account. It says nothing about the event. */
export class AccessError extends EventmendError {
  readonly code = 'ACCESS';
}

/** The log message of an {@link AccessError}. An alert reports a single one (terraform/monitoring.tf). */
export const accessRefused = 'a system of record refused its key';

/** A bug of Eventmend, never the fault of an event. It fails again until the bug is fixed. */
export class InvariantError extends EventmendError {
  readonly code = 'INVARIANT';
}

/** The log message of a bug. An alert reports a single one (terraform/monitoring.tf). */
export const bugMet = 'a delivery met a bug';

/** All problems of the settings at start, one on each line. */
export class ConfigError extends EventmendError {
  readonly code = 'CONFIG';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The configuration is not usable:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.problems = problems;
  }
}
