import type { Anomaly } from '../../shared/anomalies/anomaly.ts';
import type { AnomalyStore } from '../../shared/event-ports.ts';

const never = Date.UTC(9999, 0, 1);
const minuteMs = 60_000;

function anomalyAt(minute: number, over: Partial<Anomaly> = {}): Anomaly {
  const window = { startMs: minute * minuteMs, endMs: (minute + 1) * minuteMs };
  return { stream: 'orders', type: 'Paid', ...window, measure: 'count', value: 9, expected: 2, score: 7, ...over };
}

/** Tests the behaviour that every store of anomalies must have. */
export function describeAnomalyStore(name: string, makeStore: () => Promise<AnomalyStore>): void {
  test(`${name} keeps anomalies, each measure of a window once, and lists the latest windows first`, async () => {
    const store = await makeStore();
    await store.file(anomalyAt(1), never);
    await store.file(anomalyAt(3, { stream: '', type: '', measure: 'total-window' }), never);
    await store.file(anomalyAt(2), never);
    await store.file(anomalyAt(2), never);
    const latest = await store.latest(10);
    expect(latest.map(({ startMs }) => startMs / minuteMs)).toEqual([3, 2, 1]);
    expect(latest[1]).toEqual(anomalyAt(2));
    expect(await store.latest(1)).toEqual([anomalyAt(3, { stream: '', type: '', measure: 'total-window' })]);
  });
}
