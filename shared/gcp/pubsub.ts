import { PubSub } from '@google-cloud/pubsub';
import type { Connection } from '../config.ts';

/** Pub/Sub finds its emulator by itself, by `PUBSUB_EMULATOR_HOST`; why it is given the project, clients.ts says. */
export function openPubSub({ projectId }: Connection): PubSub {
  return new PubSub({ projectId });
}
