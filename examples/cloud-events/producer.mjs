// Publishes each event in the structured mode: the whole event is the data of the message.
import { readFileSync } from 'node:fs';
import { PubSub } from '@google-cloud/pubsub';

const events = readFileSync(new URL('events.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const topic = new PubSub().topic('orders');
for (const event of events) {
  const attributes = { 'content-type': 'application/cloudevents+json' };
  await topic.publishMessage({ data: Buffer.from(event), attributes });
}
console.log(`published ${events.length} messages to orders`);
