import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import { databaseUntil, openDatabase } from '../../shared/gcp/database.ts';
import { FirestoreGapLedger } from '../../shared/gcp/gap-ledger.ts';
import { openPubSub } from '../../shared/gcp/pubsub.ts';
import { PubSubPublisher } from '../../shared/gcp/publisher.ts';
import { start } from '../start.ts';
import { makeReconstruct, type ReconstructPorts } from './handler.ts';

start('reconstruct', (tools) => {
  const publisher = new PubSubPublisher({ pubsub: openPubSub(tools.config), timeoutMs: tools.config.publishTimeoutMs });
  const database = openDatabase(tools.config);
  const portsUntil = (deadlineMs: number): ReconstructPorts => ({
    publisher: publisher.until(deadlineMs),
    blocks: new FirestoreBlockStore(databaseUntil(database, deadlineMs)),
    ledger: new FirestoreGapLedger(databaseUntil(database, deadlineMs)),
  });
  return { handler: makeReconstruct({ ...tools, portsUntil }), finish: () => publisher.flush() };
});
