import { RetryableError } from '../../shared/errors.ts';
import type { SystemName } from '../../shared/record-kinds.ts';

/**
 * Bounds the look-ups of each system of record that are in flight, so that one that hangs leaves room in the instance for
 * the events of the others.
 */
export class InFlightLimit {
  private readonly maxEach: number;
  private readonly inFlight = new Map<SystemName, number>();

  constructor(maxEach: number) {
    this.maxEach = maxEach;
  }

  /** @throws RetryableError at once if the system has too many look-ups in flight. */
  async run<T>(system: SystemName, lookUp: () => Promise<T>): Promise<T> {
    const before = this.inFlight.get(system) ?? 0;
    if (before >= this.maxEach) throw new RetryableError(`${before} look-ups of ${system} are in flight`);
    this.inFlight.set(system, before + 1);
    try {
      return await lookUp();
    } finally {
      this.inFlight.set(system, (this.inFlight.get(system) ?? 1) - 1);
    }
  }
}
