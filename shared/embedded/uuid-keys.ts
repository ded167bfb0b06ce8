import type { UuidKeys } from '../ports.ts';
import type { Step } from './steps.ts';

/** Which id holds which uuid, in memory. */
export class EmbeddedUuidKeys implements UuidKeys {
  private readonly step: Step;
  private readonly holders = new Map<string, number>();

  constructor(step: Step) {
    this.step = step;
  }

  async claim(stream: string, uuid: string, eventId: number): Promise<number> {
    await this.step();
    const key = `${stream}/${uuid}`;
    const holder = this.holders.get(key) ?? eventId;
    this.holders.set(key, holder);
    return holder;
  }
}
