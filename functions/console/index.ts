import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import { openDatabase } from '../../shared/gcp/database.ts';
import { FirestoreDeadLetterStore } from '../../shared/gcp/dead-letter-store.ts';
import { FirestoreGapLedger } from '../../shared/gcp/gap-ledger.ts';
import { start } from '../start.ts';
import { makeConsole } from './handler.ts';

start('console', ({ config, catalog, clock }) => {
  const database = openDatabase(config);
  const blocks = new FirestoreBlockStore(database);
  const ledger = new FirestoreGapLedger(database);
  const letters = new FirestoreDeadLetterStore(database);
  return { console: makeConsole({ catalog, clock, blocks, ledger, letters }) };
});
