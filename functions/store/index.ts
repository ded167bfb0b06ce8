import { FirestoreCleanEventStore } from '../../shared/gcp/clean-event-store.ts';
import { databaseUntil, openDatabase } from '../../shared/gcp/database.ts';
import { start } from '../start.ts';
import { makeStore } from './handler.ts';

start('store', ({ config, log }) => {
  const database = openDatabase(config);
  const portsUntil = (deadlineMs: number) => ({
    events: new FirestoreCleanEventStore(databaseUntil(database, deadlineMs)),
  });
  return { handler: makeStore({ portsUntil, log }) };
});
