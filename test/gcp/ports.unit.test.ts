import { PubSub } from '@google-cloud/pubsub';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { readConnection } from '../../shared/config.ts';
import { makeClientPool } from '../../shared/gcp/clients.ts';
import { systemClock } from '../../shared/gcp/clock.ts';
import * as openers from '../../shared/gcp/openers.ts';
import { openPorts } from '../../shared/gcp/ports.ts';

/** Ports in a project that nobody serves, and the names of the clients that are made. */
function openSome(uses: Parameters<typeof openPorts<keyof typeof openers>>[1]) {
  const connection = readConnection({ GOOGLE_CLOUD_PROJECT: 'demo-project' });
  const pool = makeClientPool(connection);
  const made = new Set<string>();
  const open: typeof pool.open = async (load) => {
    const client = await pool.open(load);
    made.add(client instanceof PubSub ? 'Pub/Sub' : 'Firestore');
    return client;
  };
  const cloud = { clients: { ...pool, open }, catalog: makeCatalog({}), clock: systemClock, random: () => 0 };
  return { ports: openPorts(cloud, uses), made, close: () => pool.close() };
}

test('ports make no client before one of them is opened', async () => {
  const { ports, made, close } = openSome(openers);
  ports.portsUntil(7);
  await ports.flush();
  expect([...made]).toEqual([]);
  await close();
});

test.each<[(keyof typeof openers)[], string[]]>([
  [['publisher'], ['Pub/Sub']],
  [['publisher', 'systems'], ['Pub/Sub']],
  [['blocks', 'ledger', 'letters', 'events', 'keys'], ['Firestore']],
  [
    ['publisher', 'blocks'],
    ['Firestore', 'Pub/Sub'],
  ],
])('%j make the clients %j, once', async (names, expected) => {
  const { ports, made, close } = openSome(openers);
  await ports.open(names);
  expect([...made].toSorted()).toEqual(expected);
  await close();
});
