/**
 * Errors: trouble with us or with a dependency. They are thrown, the message is nacked and delivered again.
 * What is wrong with an event is no error but a {@link Failure} (failure.ts): data, dead-lettered and acked.
 */
export abstract class EventmendError extends Error {
  abstract readonly code: 'RETRYABLE' | 'INVARIANT' | 'CONFIG';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Says that a dependency failed for now: the delivery is to be made again. */
export class RetryableError extends EventmendError {
  readonly code = 'RETRYABLE';
}

/** Says that our own code broke a promise it makes to itself: a bug, never the event's doing. */
export class InvariantError extends EventmendError {
  readonly code = 'INVARIANT';
}

/** Says, at start, everything that is wrong with the settings, a line each. */
export class ConfigError extends EventmendError {
  readonly code = 'CONFIG';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The configuration is not usable:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.problems = problems;
  }
}
