import { PushEndpoint } from '../../functions/push-endpoint.ts';
import { makeRecheck } from '../../functions/recheck/handler.ts';
import { makeReconstruct } from '../../functions/reconstruct/handler.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { stripe } from '../../shared/catalog-api.ts';
import { makeEmbeddedStores } from '../../shared/embedded/ports.ts';
import type { FunctionInstance } from '../../shared/function-instance.ts';
import { systemClock } from '../../shared/gcp/clock.ts';
import { CloudLog } from '../../shared/gcp/log.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { Clock } from '../../shared/ports.ts';
import { writeReconcileRequest } from '../../shared/reconciliation/reconcile-request.ts';
import { OpenLists } from '../../shared/systems/adapters.ts';
import { atOnce, minuteMs, noon, RecordingPublisher, textOf } from '../support/builders.ts';
import { portsInMemory } from '../support/ports.ts';
import { openStandIn, settingsOfStandIn, type OpenStandIn } from '../support/stand-in.ts';

/* The logs of recovery and rechecks, as they are deployed: reconstruct reads the list over HTTP from the stand-in. */

const catalog = makeCatalog({
  sources: { 'pay-hooks': { stream: 'pay', fields: stripe() } },
  types: { 'charge.succeeded': { watch: { recheck: true } } },
  streams: {
    pay: {
      list: { system: 'stripe', types: ['charge.succeeded'], since: new Date(noon - 60 * minuteMs).toISOString() },
    },
  },
});
const nowMs = noon + 60 * minuteMs;
/** The time stands still, and timers take a fiftieth of their time. */
const clock: Clock = { now: () => nowMs, schedule: (delayMs, run) => systemClock.schedule(delayMs / 50, run) };

let standIn: OpenStandIn;
let lines: string[];
const publisher = new RecordingPublisher();
const stores = makeEmbeddedStores(atOnce);
const write = (line: string): void => void lines.push(line);

beforeEach(async () => {
  standIn = await openStandIn();
  lines = [];
});
afterEach(() => standIn.close());

function endpointOf(target: 'reconstruct' | 'recheck', { handler }: FunctionInstance): PushEndpoint {
  const log = new CloudLog({ projectId: 'p', functionName: target, clock, countsIntervalMs: 1, write });
  return new PushEndpoint({ target, handler, log, clock });
}

async function push(endpoint: PushEndpoint, topic: string, { data, attributes }: Message): Promise<number> {
  const publishTime = new Date(nowMs).toISOString();
  const message = { data: Buffer.from(data).toString('base64'), attributes, messageId: '1', publishTime };
  const body = { message, subscription: `projects/p/subscriptions/${topic}` };
  return (await endpoint.serve({ path: `/${topic}`, body, arrivedAtMs: nowMs })).status;
}

/** A reconstruct with the list of the stand-in. */
function reconstructing(): PushEndpoint {
  const lists = new OpenLists({
    settings: settingsOfStandIn(standIn.url, { SYSTEM_USE_SHARE: '1' }),
    named: catalog.listedSystems,
    use: 'reconcile',
    clock,
    random: () => 0,
  });
  const log = new CloudLog({ projectId: 'p', functionName: 'reconstruct', clock, countsIntervalMs: 1, write });
  const ports = portsInMemory({ ...stores, publisher, catalog, clock, log });
  const portsUntil = (deadlineMs: number) => ({ ...ports, lists: lists.until(deadlineMs) });
  return endpointOf('reconstruct', makeReconstruct({ ...ports, portsUntil }));
}

it('recovery logs no key and no value of an item, whatever the system answers', async () => {
  const item = { id: 'evt_new', type: 'charge.succeeded', created: noon / 1_000, livemode: false };
  const to = { ...item, data: { object: { email: 'planted@example.com' } } };
  await standIn.control({ do: 'change', system: 'stripe', kind: 'event', id: 'evt_new', to });
  for (const fault of ['401', '403', '500', 'malformed', 'cut'])
    await standIn.control({ do: 'fault', system: 'stripe', fault });
  const endpoint = reconstructing();
  const request = writeReconcileRequest({ stream: 'pay', name: 'stripe' });
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++) statuses.push(await push(endpoint, 'reprocess-requests', request));
  expect(statuses.at(-1)).toBe(204);
  const recovered = publisher.on('mended-events');
  expect(recovered.map(textOf).join()).toContain('planted@example.com');
  const shown = [...lines, JSON.stringify(recovered.map(({ attributes }) => attributes))].join('\n');
  expect(lines.length).toBeGreaterThan(0);
  expect(shown).not.toMatch(/planted|rk_test_standin|said by the stand-in/);
});

it('a recheck logs no value of an event', async () => {
  const log = new CloudLog({ projectId: 'p', functionName: 'recheck', clock, countsIntervalMs: 1, write });
  const ports = portsInMemory({ ...stores, publisher: new RecordingPublisher(), catalog, clock, log });
  const endpoint = endpointOf('recheck', makeRecheck(ports));
  const type = 'charge.succeeded';
  for (let i = 0; i < 1_001; i++) {
    const attributes = {
      stream: 'pay',
      type,
      event_time: new Date(noon + i).toISOString(),
      idempotency_key: `pay/${i}`,
    };
    await stores.events.put(`pay/${i}`, { data: Buffer.from('{"email":"planted@example.com"}'), attributes });
  }
  const window = { start: new Date(noon).toISOString(), end: new Date(noon + minuteMs).toISOString() };
  const anomaly = { stream: 'pay', type, ...window, measure: 'sum', value: 1, expected: 2, score: 9 };
  const said = (value: object): Message => ({ data: Buffer.from(JSON.stringify(value)), attributes: {} });
  expect(await push(endpoint, 'anomalies', said(anomaly))).toBe(204);
  expect(await push(endpoint, 'anomalies', said({ ...anomaly, measure: 'planted' }))).toBe(204);
  expect(lines.join('\n')).toContain('only the first 1000 events of a window');
  expect(lines.join('\n')).toContain('a message could not be read');
  expect(lines.join('\n')).not.toContain('planted');
});
