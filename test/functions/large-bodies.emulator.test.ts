import { Agent, request } from 'node:http';
import { maxDataBytes } from '../../shared/messages/size.ts';
import { makeClients } from '../../shared/gcp/clients.ts';
import { memoryBytesOf, readTerraform } from '../deployment/terraform.ts';
import { aCrmSync } from '../support/builders.ts';
import { emulatedConnection } from '../support/emulators.ts';
import { pushBody, ServedFunction } from './served-function.ts';

/** As many large messages as Pub/Sub may push to one instance at once, after an outage. */
const bodyCount = 60;
/** As many of those that were refused are sent again at once: more would be refused again. */
const againCount = 20;
/** As large as a message may be that is passed on: base64 makes 12 MB of it. */
const textBytes = maxDataBytes - 1_000;

const connection = emulatedConnection();
const { projectId } = connection;
const clients = makeClients(connection);
const { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
const agent = new Agent({ keepAlive: true, maxSockets: bodyCount });

let validate: ServedFunction;

beforeAll(async () => {
  await (await clients.pubsub()).createTopic('validated-events');
  const env = { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT: projectId };
  validate = await ServedFunction.start('validate', env);
});

afterAll(async () => {
  agent.destroy();
  await validate.stop();
  await clients.close();
});

interface Answer {
  readonly status: number | undefined;
  /** It came while some of the body was still to be sent. */
  readonly isEarly: boolean;
}

function post(body: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const sent = request(`${validate.url}/events`, { method: 'POST', agent, headers }, (response) => {
      const isEarly = sent.writableLength > 0 || !sent.writableFinished;
      // The connection is free for the next once both have ended.
      response.resume().on('end', () => {
        resolve({ status: response.statusCode, isEarly });
      });
    });
    sent.on('error', reject).end(body);
  });
}

it('large messages that come together fit into the memory of the function, and each is accepted in the end', async () => {
  const data = JSON.stringify(aCrmSync({ data: 'x'.repeat(textBytes) }));
  const body = Buffer.from(JSON.stringify(pushBody({ path: '/events', subscription: 'validate-events', data })));
  const refused: Answer[] = [];
  const accepted: Answer[] = [];
  for (let rounds = 0; accepted.length < bodyCount && rounds < bodyCount; rounds++) {
    const left = Array.from(
      { length: Math.min(bodyCount - accepted.length, rounds === 0 ? bodyCount : againCount) },
      () => post(body),
    );
    for (const answer of await Promise.all(left)) (answer.status === 204 ? accepted : refused).push(answer);
  }
  const peakBytes = validate.peakMemoryBytes;
  process.stdout.write(`Large bodies: at most ${Math.round(peakBytes / 1_048_576)} MiB, ${refused.length} refused.\n`);
  expect(peakBytes).toBeLessThan(memoryBytesOf(await readTerraform(), 'validate'));
  expect(accepted).toHaveLength(bodyCount);
  expect(refused.some(({ status, isEarly }) => status === 503 && isEarly)).toBe(true);
});
