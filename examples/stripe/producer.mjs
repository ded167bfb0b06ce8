// Publishes each event as Stripe sent it. Your webhook endpoint does the same with the body of each request, after it
// has checked Stripe's signature, and answers 200 when the message is published.
import { readFileSync } from 'node:fs';
import { PubSub } from '@google-cloud/pubsub';

const bodies = readFileSync(new URL('events.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const topic = new PubSub().topic('stripe-webhooks');
for (const body of bodies) await topic.publishMessage({ data: Buffer.from(body) });
console.log(`published ${bodies.length} messages to stripe-webhooks`);
