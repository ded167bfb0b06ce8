// Keeps the payments in a JSON file, by the key of their events, and adds them up. An event that comes twice counts once.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { PubSub } from '@google-cloud/pubsub';

const [file = 'payments.json'] = process.argv.slice(2);
const payments = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
const [subscription] = await new PubSub().topic('cleaned-events').subscription('payments').get({ autoCreate: true });
subscription.on('message', (message) => {
  const { stream, type, idempotency_key: key } = message.attributes;
  if (stream === 'stripe' && ['payment_intent.succeeded', 'charge.refunded'].includes(type)) {
    const { object } = JSON.parse(message.data).data;
    payments[key] = type === 'charge.refunded' ? -object.amount_refunded : object.amount;
    writeFileSync(file, JSON.stringify(payments, null, 2));
    const total = Object.values(payments).reduce((sum, amount) => sum + amount, 0);
    console.log(`${Object.keys(payments).length} payments, ${total} cents in all`);
  }
  message.ack();
});
console.log('ready: Ctrl-C ends it');
