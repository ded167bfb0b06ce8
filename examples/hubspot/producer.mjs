// Publishes each array of events as HubSpot sent it. Your webhook endpoint does the same with the body of each request,
// after it has checked HubSpot's signature.
import { readFileSync } from 'node:fs';
import { PubSub } from '@google-cloud/pubsub';

const bodies = readFileSync(new URL('events.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const topic = new PubSub().topic('hubspot-webhooks');
for (const body of bodies) await topic.publishMessage({ data: Buffer.from(body) });
console.log(`published ${bodies.length} messages to hubspot-webhooks`);
