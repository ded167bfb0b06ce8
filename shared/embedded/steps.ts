import { setImmediate } from 'node:timers';

/** Waits before a call of an embedded adapter takes effect, as a real adapter waits for a round trip. */
export type Step = () => Promise<void>;

/** Makes steps that take one turn of the event loop each, and counts the pending ones. */
export class PendingSteps {
  private awaited = 0;

  readonly step: Step = async () => {
    this.awaited++;
    await turn();
    this.awaited--;
  };

  /** Returns the number of adapter calls that have not taken effect. */
  waiting(): number {
    return this.awaited;
  }
}

/** Waits for one turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
