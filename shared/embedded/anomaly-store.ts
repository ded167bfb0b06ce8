import type { Anomaly } from '../anomalies/anomaly.ts';
import type { AnomalyStore } from '../event-ports.ts';
import type { Step } from './steps.ts';

/** Stores anomalies in memory. */
export class EmbeddedAnomalyStore implements AnomalyStore {
  private readonly step: Step;
  private readonly filed = new Map<string, Anomaly>();

  constructor(step: Step) {
    this.step = step;
  }

  async file(anomaly: Anomaly): Promise<void> {
    await this.step();
    const { stream, type, measure, startMs, endMs } = anomaly;
    this.filed.set(JSON.stringify([stream, type, measure, startMs, endMs]), anomaly);
  }

  async latest(limit: number): Promise<readonly Anomaly[]> {
    await this.step();
    return [...this.filed.values()].toSorted((a, b) => b.endMs - a.endMs).slice(0, limit);
  }
}
