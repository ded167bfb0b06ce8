import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import { openDatabase } from '../../shared/gcp/database.ts';
import { FirestoreGapLedger } from '../../shared/gcp/gap-ledger.ts';
import { openPubSub } from '../../shared/gcp/pubsub.ts';
import { PubSubPublisher } from '../../shared/gcp/publisher.ts';
import { start } from '../start.ts';
import { makeReconstruct } from './handler.ts';

start('reconstruct', (tools) => {
  const publisher = new PubSubPublisher({ pubsub: openPubSub(tools.config), timeoutMs: tools.config.publishTimeoutMs });
  const database = openDatabase(tools.config);
  const blocks = new FirestoreBlockStore(database);
  const ledger = new FirestoreGapLedger(database);
  return { handler: makeReconstruct({ ...tools, publisher, blocks, ledger }), finish: () => publisher.flush() };
});
