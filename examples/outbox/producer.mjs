// Publishes the rows of the outbox. Your own relay reads them from the table (SELECT … ORDER BY seq), and marks them as
// sent afterwards. If it ends in between, it sends them again.
import { readFileSync } from 'node:fs';
import { PubSub } from '@google-cloud/pubsub';

const rows = readFileSync(new URL('events.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const topic = new PubSub().topic('outbox');
for (const row of rows) await topic.publishMessage({ data: Buffer.from(row) });
console.log(`published ${rows.length} messages to outbox`);
