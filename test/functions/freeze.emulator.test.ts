import { setTimeout } from 'node:timers/promises';
import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import { makeClients } from '../../shared/gcp/clients.ts';
import type { Entry } from '../../shared/tracking/entry.ts';
import { aRoutedDelivery } from '../support/builders.ts';
import { emulatedConnection } from '../support/emulators.ts';
import { eventually } from '../support/eventually.ts';
import { TopicListeners } from '../support/topic-listener.ts';
import { ServedFunction } from './served-function.ts';

/*
 * Cloud Run takes the CPU from an instance that has no request in flight. Here a real process of track is stopped right after its last
 * answer, for longer than any of its calls may take, and goes on then.
 */

/** Long enough for a call on a busy machine. */
const callTimeoutMs = 8_000;
const connection = emulatedConnection();
const clients = makeClients(connection);
const listeners = new TopicListeners();
let track: ServedFunction;

beforeAll(async () => {
  await listeners.listen(await clients.pubsub(), 'cleaned-events');
  track = await ServedFunction.start('track', {
    PUBSUB_EMULATOR_HOST: process.env.PUBSUB_EMULATOR_HOST,
    FIRESTORE_EMULATOR_HOST: process.env.FIRESTORE_EMULATOR_HOST,
    GOOGLE_CLOUD_PROJECT: connection.projectId,
    FIRESTORE_TIMEOUT_MS: String(callTimeoutMs),
    PUBLISH_TIMEOUT_MS: String(callTimeoutMs),
    // No timer is to write counts: only the last delivery in flight does.
    COUNTS_INTERVAL_MS: '600000',
  });
});

afterAll(async () => {
  track.continue();
  await track.stop();
  await listeners.close();
  await clients.close();
});

/** Pushes an event until it is acked, as Pub/Sub does: a slow machine may nack it. */
async function push(eventId: number): Promise<void> {
  const { data, attributes } = aRoutedDelivery({
    ...{ eventId, key: `${eventId}/0`, root: `events/${eventId}` },
    receivedAtMs: Date.now(),
  });
  await eventually('the event is acked', async () => {
    const status = await track.push({
      path: '/validated-events',
      subscription: 'track-validated-events',
      data,
      attributes,
    });
    return status === 204;
  });
}

async function entryOf(eventId: number): Promise<Entry | undefined> {
  const blocks = new FirestoreBlockStore(await clients.database.state());
  const [stored] = await blocks.read([{ stream: 'orders', index: 0 }]);
  return stored?.block.cells[eventId]?.[0];
}

test('track has no work left after it answers its last delivery, and continues normally after a pause', async () => {
  await push(1);
  track.freeze();
  expect(await entryOf(1)).toMatchObject({ state: 'clean', published: true });
  await track.says('"message":"counts","function":"track","counts":{"received":1,"published":1,"clean-direct":1');
  await setTimeout(callTimeoutMs + 500);
  track.continue();
  const before = track.output.length;
  await push(2);
  expect(await entryOf(2)).toMatchObject({ state: 'clean', published: true });
  expect(track.output.slice(before)).not.toContain('no answer within');
});
