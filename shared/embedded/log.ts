import type { ComparisonHealth, StreamHealth } from '../logged-health.ts';
import type { Counter, Log } from '../ports.ts';

/** The number of warnings that are kept. */
const maxWarnings = 100;

/** Keeps counts and the health of streams in memory. Errors go to the given callback. */
export class EmbeddedLog implements Log {
  readonly counts = new Map<Counter, number>();
  /** The last warnings, at most {@link maxWarnings}. */
  readonly warnings: string[] = [];
  /** The health of each stream at its last sweep. */
  readonly health = new Map<string, StreamHealth>();
  /** How far each comparison had come when its last run was due, by stream and list. */
  readonly comparisons = new Map<string, ComparisonHealth>();
  private readonly onError: (message: string, error: unknown) => void;

  constructor(onError: (message: string, error: unknown) => void = () => undefined) {
    this.onError = onError;
  }

  count(counter: Counter, by = 1): void {
    if (by > 0) this.counts.set(counter, (this.counts.get(counter) ?? 0) + by);
  }

  swept(health: StreamHealth): void {
    this.health.set(health.stream, health);
  }

  compared(health: ComparisonHealth): void {
    this.comparisons.set(`${health.stream}/${health.list}`, health);
  }

  error(message: string, error: unknown): void {
    this.onError(message, error);
  }

  warn(message: string): void {
    this.warnings.push(message);
    if (this.warnings.length > maxWarnings) this.warnings.shift();
  }
}
