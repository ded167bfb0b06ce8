import { makeTopics } from '../../cli/local/resources.ts';
import { readConnection } from '../../shared/config.ts';
import { makeClients } from '../../shared/gcp/clients.ts';
import type { BenchContext } from '../bench-context.ts';

/** Starts fresh emulators with all topics. @returns The environment of functions that use them. */
export async function envWithEmulators(projectId: string, context: BenchContext): Promise<NodeJS.ProcessEnv> {
  const [pubsub, firestore] = [
    await context.freshEmulator('PUBSUB_EMULATOR_HOST'),
    await context.freshEmulator('FIRESTORE_EMULATOR_HOST'),
  ];
  const env = {
    ...context.io.env,
    ...{ PUBSUB_EMULATOR_HOST: pubsub.host, FIRESTORE_EMULATOR_HOST: firestore.host },
    ...{ GOOGLE_CLOUD_PROJECT: projectId, METADATA_SERVER_DETECTION: 'none' },
    ...{ FIRESTORE_TIMEOUT_MS: '30000', PUBLISH_TIMEOUT_MS: '20000' },
  };
  Object.assign(process.env, env);
  const clients = makeClients(readConnection(env));
  await makeTopics(await clients.pubsub());
  await clients.close();
  return env;
}
