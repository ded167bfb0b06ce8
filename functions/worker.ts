/**
 * Starts a worker: a process that pulls subscriptions, in place of functions that Pub/Sub pushes to. It runs the same
 * handlers.
 */
import process, { env, exit, stdout } from 'node:process';
import { setTimeout } from 'node:timers/promises';
import type { PubSub } from '@google-cloud/pubsub';
import { readWorkerConfig } from '../shared/config.ts';
import type { FunctionInstance, ServiceName } from '../shared/function-instance.ts';
import { loadPubSub, makeClientPool } from '../shared/gcp/clients.ts';
import { systemClock as clock } from '../shared/gcp/clock.ts';
import { CloudLog } from '../shared/gcp/log.ts';
import * as openers from '../shared/gcp/openers.ts';
import { openPorts } from '../shared/gcp/ports.ts';
import { StreamingPull } from '../shared/gcp/streaming-pull.ts';
import type { NamedSubscription } from '../shared/sources/source-topic.ts';
import { concurrencyOf } from '../shared/topology.ts';
import { functionBuilders, isDeliveredTo, type DeliveredTo } from './builders.ts';
import { makeEndInOrder } from './end-in-order.ts';
import { watchForHang } from './hang-watchdog.ts';
import { PullEndpoint } from './pull-endpoint.ts';
import { maxBytesOf, maxStreamsOf } from './pull-limits.ts';
import { readSettings } from './read-settings.ts';
import { reportUncaught } from './report-uncaught.ts';
import { withShortNames } from './short-names.ts';
import { SteadyStream } from './steady-stream.ts';

/**
 * The maximum time for the deliveries in flight to end, in milliseconds. Cloud Run kills the instance ten seconds after
 * SIGTERM, and what follows takes a second or two.
 */
const maxDrainMs = 6_500;
/** The longest hang of the event loop, in milliseconds. By then the leases of all messages have run out. */
const maxHangMs = 60_000;

/** The instance of a function, and its log. */
interface Served {
  readonly instance: FunctionInstance;
  readonly log: CloudLog;
}

/** A subscription that is pulled. */
interface Pulled {
  readonly endpoint: PullEndpoint;
  readonly stream: SteadyStream;
}

const { config, catalog } = readSettings(
  () => readWorkerConfig(env),
  ({ subscriptions }) => ({
    asksRecords: subscriptions.some((one) => one.function === 'verify'),
    readsLists: subscriptions.some((one) => one.function === 'reconstruct'),
  }),
);
const { subscriptions, projectId, countsIntervalMs, revision } = config;
// An emulator needs no credentials. Outside Google Cloud the lookup of the metadata server would time out.
if (config.usesEmulator) env.METADATA_SERVER_DETECTION ??= 'none';
const write = (line: string): void => {
  stdout.write(`${line}\n`);
};
const makeLog = (functionName: string): CloudLog =>
  new CloudLog({ projectId, functionName, revision, clock, countsIntervalMs, write });
const workerLog = makeLog('worker');
reportUncaught(process, workerLog, () => exit(1));

const clients = makeClientPool(config);
const context = { catalog, clock, random: Math.random };
const services = openPorts<ServiceName>({ ...context, clients, systemSettings: config.systems }, openers);
const served = new Map<DeliveredTo, Served>(
  [...new Set(subscriptions.map((one) => one.function).filter(isDeliveredTo))].map((name) => {
    const log = makeLog(name);
    const instance = functionBuilders[name]({ ...context, ...services, log });
    return [name, { log, instance: withShortNames(instance, config.namePrefix) }];
  }),
);
void start();

async function start(): Promise<void> {
  const pubsub = await clients.open(loadPubSub);
  const pulled = subscriptions.flatMap((one) => pull(pubsub, one));
  for (const { stream } of pulled) stream.open();
  makeEndInOrder(() => endInOrder(pulled), { error: workerLog.error.bind(workerLog), flush: flushLogs })();
  watchForHang(maxHangMs, lineOf('ERROR', `the event loop stood still for ${maxHangMs / 1_000} s`));
  write(lineOf('INFO', `pulls ${subscriptions.map(({ name }) => name).join(', ')}`));
}

function pull(pubsub: PubSub, subscription: NamedSubscription): readonly Pulled[] {
  const { name, function: target, ackDeadlineMs: maxLeaseMs } = subscription;
  const one = isDeliveredTo(target) && served.get(target);
  if (!one) return [];
  const { log, instance } = one;
  const endpoint = new PullEndpoint({ subscription, handler: instance.handler, log, clock });
  const source = new StreamingPull({
    pubsub,
    name,
    maxLeaseMs,
    maxMessages: concurrencyOf(target),
    maxBytes: maxBytesOf(subscriptions.length),
    maxStreams: maxStreamsOf(subscriptions.length),
  });
  const onMessage = endpoint.take.bind(endpoint);
  return [{ endpoint, stream: new SteadyStream({ name, source, clock, log, onMessage, onDead }) }];
}

/** Ends the instance: a new one may get a connection that works. */
function onDead(): void {
  flushLogs();
  exit(1);
}

/**
 * Ends the instance in order. The library's own wait at the end of a stream would also wait for messages that it holds
 * back, which nobody handles any more. So the deliveries in flight end first, and then the streams give back the rest.
 */
async function endInOrder(pulled: readonly Pulled[]): Promise<void> {
  const drained = Promise.all(pulled.map(({ endpoint }) => endpoint.close()));
  await Promise.race([drained, setTimeout(maxDrainMs)]);
  await Promise.all(pulled.map(({ stream }) => stream.close()));
  await Promise.all([...served.values()].map(async ({ instance }) => instance.finish?.()));
  await services.flush();
}

function flushLogs(): void {
  for (const { log } of served.values()) log.flush();
  workerLog.flush();
}

function lineOf(severity: 'INFO' | 'ERROR', message: string): string {
  return JSON.stringify({ severity, message, function: 'worker' });
}
