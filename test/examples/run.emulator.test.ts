import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PubSub, type Subscription, type Topic } from '@google-cloud/pubsub';
import initSqlJs from 'sql.js';
import { standInKeys } from '../../cli/systems/keys.ts';
import { commandsIn } from '../docs/markdown.ts';
import { UserProcess } from '../e2e/user-process.ts';
import { Directory } from '../support/command-run.ts';
import { eventually } from '../support/eventually.ts';
import { openStandIn, type OpenStandIn } from '../support/stand-in.ts';

/* The producers and consumers of the examples, by the commands of their READMEs, on one pipeline with all their catalogs. */

const examples = ['cloud-events', 'stripe', 'hubspot', 'outbox'];
const directory = new Directory();
const project = `test-${randomUUID()}`;
const { PATH, HOME, PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
const env = {
  ...{ PATH, HOME, PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT: project },
  METADATA_SERVER_DETECTION: 'none',
  PORT: '0',
};
const cli = resolve('dist/cli/main.js');
const pubsub = new PubSub({ projectId: project });

/** All four catalogs as one. */
const catalogs = [
  ...examples.map((name, i) => `import { catalog as c${i} } from '${resolve('examples', name, 'catalog.ts')}';`),
  `const all = [${examples.map((_, i) => `c${i}`).join(', ')}];`,
  'const joined = (part) => Object.assign({}, ...all.map((one) => one[part]));',
  "export const catalog = { types: joined('types'), sources: joined('sources'), streams: joined('streams') };",
].join('\n');

let dev: UserProcess;
let probe: UserProcess;
let standIn: OpenStandIn;
let catalog: string;
let subscription: Subscription;
const consumers = new Map<string, UserProcess>();
const clean: { readonly data: Buffer; readonly attributes: Record<string, string> }[] = [];

beforeAll(async () => {
  await symlink(resolve('examples'), directory.file('examples'));
  catalog = await directory.write('catalog.mjs', catalogs);
  standIn = await openStandIn();
  dev = new UserProcess('node', [cli, 'dev', '--catalog', catalog], env);
  await dev.says(/^ready: publish to events, orders, stripe-webhooks, hubspot-webhooks, outbox,/m);
  // Starts every function. Otherwise the first events of a stream could come again after their grace, on a busy machine.
  probe = start(`npx eventmend probe --json --timeout 280 --catalog ${catalog}`);
  expect(await probe.end()).toBe(0);
  [subscription] = await cleaned().createSubscription('test');
  subscription.on('message', (message) => {
    clean.push({ data: message.data, attributes: message.attributes });
    message.ack();
  });
  for (const name of examples) await startConsumer(name);
  const producers = examples.map((name) => start(shown(name, 'producer.mjs')));
  expect(await Promise.all(producers.map((producer) => producer.end()))).toEqual([0, 0, 0, 0]);
});

afterAll(async () => {
  for (const running of [...consumers.values(), dev]) {
    running.ctrlC();
    await running.end();
  }
  await subscription.close();
  await standIn.close();
  await pubsub.close();
});

function cleaned(): Topic {
  return pubsub.topic('cleaned-events');
}

/** The command of an example's README that names a file. */
function shown(name: string, file: string): string {
  return commandsIn(`examples/${name}/README.md`).find(({ text }) => text.includes(file))!.text;
}

/** Starts a command in the folder of the test, where the examples are. */
function start(text: string): UserProcess {
  const keys = { HUBSPOT_ACCESS_TOKEN: standInKeys.HUBSPOT_ACCESS_TOKEN, HUBSPOT_BASE_URL: standIn.url };
  const command = `exec ${text.replace('npx eventmend', `node ${cli}`)}`;
  return new UserProcess('sh', ['-c', command], { ...env, ...keys }, directory.file('.'));
}

async function startConsumer(name: string): Promise<void> {
  const consumer = start(shown(name, 'consumer.mjs'));
  consumers.set(name, consumer);
  await consumer.says(/^ready/m);
}

function json(file: string): Record<string, unknown> {
  const path = directory.file(file);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8') || '{}') as Record<string, unknown>) : {};
}

async function rows(): Promise<readonly unknown[]> {
  const path = directory.file('orders.sqlite');
  if (!existsSync(path)) return [];
  const { Database } = await initSqlJs();
  const db = new Database(readFileSync(path));
  return db.exec('SELECT seq FROM orders ORDER BY seq')[0]?.values.flat() ?? [];
}

async function contact(id: string): Promise<unknown> {
  const response = await fetch(`${standIn.url}/crm/v3/objects/contacts/batch/read`, {
    method: 'POST',
    headers: { authorization: `Bearer ${standInKeys.HUBSPOT_ACCESS_TOKEN}` },
    body: JSON.stringify({ idProperty: 'source_id', inputs: [{ id }], properties: ['email', 'firstname'] }),
  });
  const { results } = (await response.json()) as { results: { properties: { email: unknown; firstname: unknown } }[] };
  return results.map(({ properties: { email, firstname } }) => ({ email, firstname }));
}

/** Reads the data that each consumer has stored. */
async function kept() {
  const orders = Object.values(json('orders.json')) as { id: string; origin: string }[];
  return {
    orders: orders.map(({ id, origin }) => `${id} ${origin}`).toSorted(),
    payments: json('payments.json'),
    contacts: [await contact('501'), await contact('502')],
    rows: await rows(),
  };
}

function oneOf(...values: readonly number[]): unknown {
  return { asymmetricMatch: (value: number) => values.includes(value) };
}

const all = {
  orders: [
    ...['a1', 'a2', 'a3', 'a5', 'a6', 'a9'].map((id) => `${id} producer`),
    'inferred/orders~.~2fshop/4 reconstructed',
  ],
  payments: {
    'stripe/evt_1': 4_200,
    'stripe/evt_2': 1_500,
    'stripe/evt_3': -500,
    // Lines 7 and 8 are under one key. Pub/Sub may deliver either first, and the first is clean.
    'stripe/evt_5': oneOf(2_500, 2_600) as number,
  },
  contacts: [[{ email: 'hopper@example.com', firstname: 'Grace' }], [{ email: null, firstname: 'Alan' }]],
  rows: [101, 102, 103, 105, 106, 109, 110],
};

function isEqual(found: unknown, expected: unknown): boolean {
  try {
    expect(found).toEqual(expected);
    return true;
  } catch {
    return false;
  }
}

/** Waits until the consumers have printed so many lines for clean events. */
async function handled(count: number): Promise<void> {
  const lines = (): number =>
    [...consumers.values()].flatMap(({ output }) => output.trim().split('\n').slice(1)).length;
  await eventually(`consumers have handled ${count} events`, () => lines() >= count);
}

/** The lines that the consumers print: 7 orders, 4 payments, 5 changes of contacts and 7 rows. */
const ofInterest = 23;

it('the consumers keep what the READMEs say', async () => {
  await handled(ofInterest);
  // On a busy machine Pub/Sub delivers an event again before the last one comes, so lines alone do not tell.
  await eventually('the consumers keep what the READMEs say', async () => isEqual(await kept(), all)).catch(
    async (error: unknown) => {
      // The difference tells more than the time that has passed.
      expect(await kept()).toEqual(all);
      throw error;
    },
  );
});

it('nothing changes when the producers send everything again, and when every clean event is delivered again', async () => {
  const before = [...clean];
  for (const name of examples) expect(await start(shown(name, 'producer.mjs')).end()).toBe(0);
  await Promise.all(before.map((message) => cleaned().publishMessage(message)));
  await handled(2 * ofInterest);
  expect(await kept()).toEqual(all);
});

it('a late row that eventmend publish sends to its source comes to a consumer that is started again', async () => {
  const outbox = consumers.get('outbox')!;
  outbox.ctrlC();
  await outbox.end();
  for (const part of ['row.ndjson', 'publish row.ndjson']) {
    const command = start(shown('outbox', part));
    expect([await command.end(), command.output]).toEqual([
      0,
      part === 'row.ndjson' ? '' : expect.stringMatching(/^published 1 event .* to outbox of/),
    ]);
  }
  await startConsumer('outbox');
  await consumers.get('outbox')!.says(/^8 rows in orders.sqlite/m);
  expect(await rows()).toEqual([101, 102, 103, 104, 105, 106, 109, 110]);
});

it('eventmend probe tries the subscription of each source', async () => {
  const { results } = JSON.parse(probe.output) as { results: { name: string; outcome: string; detail: string }[] };
  expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  await pubsub.subscription('validate-source-outbox').delete();
  // The check of the subscriptions does not wait for the routes.
  const again = start(`npx eventmend probe --json --timeout 1 --catalog ${catalog}`);
  expect([await again.end(), again.output]).toEqual([
    1,
    expect.stringContaining('validate-source-outbox: does not exist'),
  ]);
});
