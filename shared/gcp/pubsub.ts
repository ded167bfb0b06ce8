import { PubSub } from '@google-cloud/pubsub';
import type { Connection } from '../config.ts';

/**
 * Makes a Pub/Sub client. It finds its emulator by `PUBSUB_EMULATOR_HOST`. clients.ts says why the project is passed.
 */
export function openPubSub({ projectId }: Connection): PubSub {
  return new PubSub({ projectId });
}
