import { setImmediate } from 'node:timers';

/** What an embedded adapter awaits before each call takes effect, where the real one awaits a round trip. */
export type Step = () => Promise<void>;

/** Steps of one turn of the event loop each, and how many are being waited for. */
export class Turns {
  private awaited = 0;

  readonly step: Step = async () => {
    this.awaited++;
    await turn();
    this.awaited--;
  };

  /** Calls of adapters that have not taken effect. */
  waiting(): number {
    return this.awaited;
  }
}

/** Lets everything go on that waits for nothing but its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
