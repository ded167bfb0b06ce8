import type { Counter, Log } from '../ports.ts';

/** Counts in memory. Errors go where the owner wants them. */
export class EmbeddedLog implements Log {
  readonly counts = new Map<Counter, number>();
  private readonly onError: (message: string, error: unknown) => void;

  constructor(onError: (message: string, error: unknown) => void = () => undefined) {
    this.onError = onError;
  }

  count(counter: Counter, by = 1): void {
    if (by > 0) this.counts.set(counter, (this.counts.get(counter) ?? 0) + by);
  }

  error(message: string, error: unknown): void {
    this.onError(message, error);
  }
}
