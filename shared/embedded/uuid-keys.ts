import type { UuidKeys } from '../ports.ts';
import type { Step } from './steps.ts';

interface Holder {
  readonly eventId: number;
  readonly expireAtMs: number;
}

/** Which id holds which uuid, in memory. */
export class EmbeddedUuidKeys implements UuidKeys {
  private readonly step: Step;
  private readonly expireAtMs: (stream: string) => number;
  private readonly holders = new Map<string, Holder>();

  /** @param expireAtMs When a uuid that is claimed now may be deleted, in milliseconds since 1970; never, by default. */
  constructor(step: Step, expireAtMs: (stream: string) => number = () => Number.POSITIVE_INFINITY) {
    this.step = step;
    this.expireAtMs = expireAtMs;
  }

  async claim(stream: string, uuid: string, eventId: number): Promise<number> {
    await this.step();
    const key = `${stream}/${uuid}`;
    const holder = this.holders.get(key) ?? { eventId, expireAtMs: this.expireAtMs(stream) };
    this.holders.set(key, holder);
    return holder.eventId;
  }

  /** Deletes, of the uuids that may be by now, those that are due: no store is in a hurry. */
  deleteExpired(nowMs: number, isDue: () => boolean): void {
    for (const [key, { expireAtMs }] of this.holders) {
      if (expireAtMs <= nowMs && isDue()) this.holders.delete(key);
    }
  }
}
