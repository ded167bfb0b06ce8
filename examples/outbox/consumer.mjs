// Writes the events into a table of SQLite, whose primary key is the key of the event. An event that comes twice is one row.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { PubSub } from '@google-cloud/pubsub';
import initSqlJs from 'sql.js';

const [file = 'orders.sqlite'] = process.argv.slice(2);
const { Database } = await initSqlJs();
const db = new Database(existsSync(file) ? readFileSync(file) : undefined);
db.run('CREATE TABLE IF NOT EXISTS orders (key TEXT PRIMARY KEY, seq INTEGER, kind TEXT, payload TEXT)');
const [subscription] = await new PubSub().topic('cleaned-events').subscription('orders').get({ autoCreate: true });
subscription.on('message', (message) => {
  const { stream, idempotency_key: key } = message.attributes;
  if (stream === 'outbox') {
    const { seq, kind, payload } = JSON.parse(message.data);
    const row = [key, seq, kind, JSON.stringify(payload)];
    db.run('INSERT INTO orders VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING', row);
    writeFileSync(file, db.export());
    console.log(`${db.exec('SELECT count(*) FROM orders')[0].values[0][0]} rows in ${file}`);
  }
  message.ack();
});
console.log('ready: Ctrl-C ends it');
