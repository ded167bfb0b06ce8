/** A function that creates a document for each message and publishes it: the least that finds duplicates. */
import { env } from 'node:process';
import { Firestore } from '@google-cloud/firestore';
import { http } from '@google-cloud/functions-framework';
import { PubSub } from '@google-cloud/pubsub';
import { republish, type PushBody } from './push-body.ts';

const projectId = env.GOOGLE_CLOUD_PROJECT ?? '';
const topic = new PubSub({ projectId }).topic(env.PASS_TO ?? '');
const firestore = new Firestore({ projectId });

http('claim-and-publish', async (request, response) => {
  const push = request.body as PushBody;
  await firestore.doc(`claims/${push.message.messageId}`).create({ at: Date.now() });
  await republish(topic, push);
  response.status(204).end();
});
