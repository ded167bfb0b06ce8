import { setTimeout } from 'node:timers/promises';
import type { Publisher } from '../../shared/ports.ts';

/** The time between two ticks, in milliseconds. In the cloud it is a minute. */
const everyMs = 2_000;

/** Publishes a tick every few seconds, as Cloud Scheduler does every minute, until the signal comes. */
export async function publishTicks(
  publisher: Publisher,
  signal: AbortSignal,
  show: (line: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await publisher.publish('sweeps', { data: Buffer.from('tick'), attributes: {} });
    } catch (error) {
      show(`sweeps       no tick could be published: ${String(error)}`);
    }
    await setTimeout(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
