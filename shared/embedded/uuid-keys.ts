import type { UuidKeys } from '../ports.ts';
import type { Step } from './steps.ts';

interface Holder {
  readonly eventId: number;
  readonly expireAtMs: number;
}

/** Stores in memory which id holds which uuid. */
export class EmbeddedUuidKeys implements UuidKeys {
  private readonly step: Step;
  private readonly expireAtMs: (instantMs: number | undefined) => number;
  private readonly holders = new Map<string, Holder>();

  /**
   * @param expireAtMs Returns when a uuid that is claimed now expires, in milliseconds since 1970, by the timestamp of
   * the event. By default it never does.
   */
  constructor(step: Step, expireAtMs: (instantMs: number | undefined) => number = () => Number.POSITIVE_INFINITY) {
    this.step = step;
    this.expireAtMs = expireAtMs;
  }

  async claim(stream: string, uuid: string, eventId: number, instantMs?: number): Promise<number> {
    await this.step();
    const key = `${stream}/${uuid}`;
    const holder = this.holders.get(key) ?? { eventId, expireAtMs: this.expireAtMs(instantMs) };
    this.holders.set(key, holder);
    return holder.eventId;
  }

  async holder(stream: string, uuid: string): Promise<number | undefined> {
    await this.step();
    return this.holders.get(`${stream}/${uuid}`)?.eventId;
  }

  /** Deletes expired uuids for which `isDue` is true. A real store also deletes some time after the expiry. */
  deleteExpired(nowMs: number, isDue: () => boolean): void {
    for (const [key, { expireAtMs }] of this.holders) {
      if (expireAtMs <= nowMs && isDue()) this.holders.delete(key);
    }
  }
}
