// Keeps the orders in a JSON file, by the key of their events. An event that comes twice changes nothing.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { PubSub } from '@google-cloud/pubsub';
import { CloudEvent } from 'cloudevents';

const [file = 'orders.json'] = process.argv.slice(2);
const orders = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
const [subscription] = await new PubSub().topic('cleaned-events').subscription('order-book').get({ autoCreate: true });
subscription.on('message', (message) => {
  const { stream, idempotency_key: key, supersedes, origin } = message.attributes;
  if (stream.startsWith('orders~.')) {
    const { id, type, data } = new CloudEvent(JSON.parse(message.data));
    if (supersedes) delete orders[supersedes];
    orders[key] = { id, type, data, origin };
    writeFileSync(file, JSON.stringify(orders, null, 2));
    console.log(`${Object.keys(orders).length} events in ${file}`);
  }
  message.ack();
});
console.log('ready: Ctrl-C ends it');
