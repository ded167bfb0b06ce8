import { decodeAnomaly, type Anomaly } from '../../shared/anomalies/anomaly.ts';
import { recheckMessage } from '../../shared/anomalies/recheck-message.ts';
import type { FunctionInstance, PortsOf } from '../../shared/function-instance.ts';
import { handleOwn } from '../own-messages.ts';

type RecheckPorts = PortsOf<'anomalies' | 'events' | 'publisher'>;

/** How long an anomaly is kept, in milliseconds. */
const keptMs = 30 * 24 * 3_600_000;
/** The maximum number of events of a window that are checked again: each costs the system of record a request. */
const maxChecked = 1_000;

/**
 * Makes recheck. It files the anomalies that the Dataflow pipeline found, for the console. If the catalog wants it, it
 * sends the events of the window through the pipeline to be checked again. Acks when the anomaly is filed and these events
 * are published. An anomaly that is delivered again has its events checked again, which changes nothing.
 */
export function makeRecheck({ portsUntil, catalog, clock, log }: RecheckPorts): FunctionInstance {
  const handler = handleOwn(log, decodeAnomaly, async (anomaly, { deadlineMs }) => {
    const { anomalies, events, publisher } = portsUntil(deadlineMs);
    await anomalies.file(anomaly, clock.now() + keptMs);
    if (!isToBeChecked(anomaly)) return;
    let count = 0;
    for await (const event of events.within(anomaly)) {
      const message = recheckMessage(event, catalog);
      if (!message) continue;
      if (count === maxChecked) {
        log.warn(`only the first ${maxChecked} events of a window of stream ${anomaly.stream} are checked again`);
        return;
      }
      await publisher.publish('mended-events', message);
      count++;
    }
  });

  const isToBeChecked = ({ type, measure }: Anomaly): boolean =>
    catalog.type(type)?.watch?.recheck === true && measure !== 'total-window' && measure !== 'silence';
  return { handler };
}
