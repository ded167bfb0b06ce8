/** A function that decodes each message and publishes it on the topic PASS_TO: what a user would write at least. */
import { env } from 'node:process';
import { http } from '@google-cloud/functions-framework';
import { PubSub } from '@google-cloud/pubsub';
import { republish, type PushBody } from './push-body.ts';

const topic = new PubSub({ projectId: env.GOOGLE_CLOUD_PROJECT ?? '' }).topic(env.PASS_TO ?? '');

http('pass-through', async (request, response) => {
  await republish(topic, request.body as PushBody);
  response.status(204).end();
});
