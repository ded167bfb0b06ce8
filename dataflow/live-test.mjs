import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { env } from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { PubSub } from '@google-cloud/pubsub';
import { startBeam, testVariables } from './beam.mjs';

const projectId = 'eventmend-dataflow';
const windowSeconds = 40;
/** The time that a window must still have when the events are published, in milliseconds: the runner reads ten at a time. */
const leastMs = 30_000;
/** How long the pipeline may take until it has judged the window, in milliseconds. */
const maxWaitMs = 240_000;

/** Whether `eventmend dev` can start the emulators, or is given some. */
export function hasEmulators() {
  if (env.PUBSUB_EMULATOR_HOST && env.FIRESTORE_EMULATOR_HOST) return true;
  return ['gcloud', 'java'].every((tool) => spawnSync('which', [tool]).status === 0);
}

/**
 * Runs the functions on the emulators and the pipeline on what they have cleaned, and compares each anomaly. The totals
 * that are reported are 0, so that each anomaly has the number that the pipeline counted.
 *
 * @returns What differs. Empty if nothing does.
 */
export async function runOnEmulators(python) {
  const functions = await startFunctions();
  const pubsub = new PubSub({ projectId, apiEndpoint: functions.host, emulatorMode: true });
  let beam;
  try {
    const subscriptions = await subscribe(pubsub);
    const variables = { ...testVariables, window_seconds: windowSeconds, windows: 6, settle_seconds: windowSeconds };
    beam = startBeam(
      python,
      'streaming',
      { ...variables, ...namesIn(projectId) },
      { PUBSUB_EMULATOR_HOST: functions.host },
    );
    const failed = beam.ended.then(({ said }) =>
      Promise.reject(new Error(`the pipeline ended:\n${said.slice(-3_000)}`)),
    );
    const anomalies = collect(subscriptions.result);
    await Promise.race([failed, untilItReads(pubsub, anomalies)]);
    const expected = await publishEvents(pubsub);
    await Promise.race([failed, until(() => anomalies.filter(isOfOrders).length >= expected.length)]);
    // Anomalies that are wrong would come in the next window.
    await setTimeout(windowSeconds * 1_000);
    return differences(anomalies.filter(isOfOrders), expected);
  } finally {
    beam?.stop();
    await pubsub.close();
    await functions.stop();
  }
}

function namesIn(project) {
  return {
    events: `projects/${project}/subscriptions/dataflow-cleaned-events`,
    totals: `projects/${project}/subscriptions/dataflow-reported-totals`,
    anomalies: `projects/${project}/topics/anomalies`,
  };
}

async function startFunctions() {
  const child = spawn('node', ['dist/cli/main.js', 'dev'], {
    env: { ...env, PORT: '0', GOOGLE_CLOUD_PROJECT: projectId, METADATA_SERVER_DETECTION: 'none' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
  };
  const lines = createInterface({ input: child.stdout });
  let host;
  lines.on('line', (line) => {
    host ??= /^PUBSUB_EMULATOR_HOST=(.*)/.exec(line)?.[1];
  });
  const isReady = new Promise((resolve) => lines.on('line', (line) => line.startsWith('ready') && resolve(true)));
  if (await Promise.race([isReady, ended.then(() => false)])) return { host, stop };
  throw new Error('the functions did not start: run npm run dev to see why');
}

async function subscribe(pubsub) {
  await pubsub.topic('cleaned-events').createSubscription('dataflow-cleaned-events');
  await pubsub.topic('reported-totals').createSubscription('dataflow-reported-totals');
  const [result] = await pubsub.topic('anomalies').createSubscription('test-anomalies');
  return { result };
}

function collect(subscription) {
  const anomalies = [];
  subscription.on('message', (message) => {
    anomalies.push(JSON.parse(message.data.toString()));
    message.ack();
  });
  return anomalies;
}

const isOfOrders = ({ stream }) => stream === 'orders';

/** Publishes texts that are no totals, until the pipeline tells of one: so it reads, and goes on after such a text. */
async function untilItReads(pubsub, anomalies) {
  while (anomalies.length === 0) {
    await pubsub.topic('reported-totals').publishMessage({ data: Buffer.from('no total') });
    await setTimeout(10_000);
  }
}

/** Publishes 20 events of two types, three of them twice, and a total of 0 for each type. @returns The anomalies. */
async function publishEvents(pubsub) {
  const sizeMs = windowSeconds * 1_000;
  // The runner takes the clock as its watermark: what is read after the window of its publish time has ended is dropped.
  const leftMs = sizeMs - (Date.now() % sizeMs);
  if (leftMs < leastMs) await setTimeout(leftMs + 500);
  const startMs = Math.floor(Date.now() / sizeMs) * sizeMs;
  const event = (event_id) => ({
    event_id,
    type: event_id % 4 === 0 ? 'Placed' : 'Paid',
    timestamp: new Date(startMs + event_id * 10).toISOString(),
    valid: true,
    data: { amount: 2.5 },
  });
  const ids = [...Array.from({ length: 20 }, (_, index) => index + 1), 5, 6, 8];
  await Promise.all(
    ids.map((id) => pubsub.topic('events').publishMessage({ json: event(id), attributes: { stream: 'orders' } })),
  );
  const [start, end] = [startMs, startMs + sizeMs].map((ms) => new Date(ms).toISOString().replace('.000', ''));
  const total = (type) => ({ stream: 'orders', type, start, end, count: 0, sum: 0 });
  for (const type of ['Paid', 'Placed']) await pubsub.topic('reported-totals').publishMessage({ json: total(type) });
  const found = (type, measure, value) => ({
    stream: 'orders',
    type,
    start,
    end,
    measure,
    value,
    expected: 0,
    score: 0,
  });
  return [found('Paid', 'total-count', 15), found('Paid', 'total-sum', 37.5), found('Placed', 'total-count', 5)];
}

async function until(isDone) {
  const deadlineMs = Date.now() + maxWaitMs;
  while (!isDone() && Date.now() < deadlineMs) await setTimeout(200);
}

function differences(actual, expected) {
  const texts = (rows) => rows.map((row) => JSON.stringify(Object.entries(row).toSorted()));
  const [found, wanted] = [texts(actual), texts(expected)];
  return [
    ...wanted.filter((row) => !found.includes(row)).map((row) => `missing: ${row}`),
    ...found
      .filter((row, index) => !wanted.includes(row) || found.indexOf(row) !== index)
      .map((row) => `unexpected: ${row}`),
  ];
}
