import { FirestoreCleanEventStore } from '../../shared/gcp/clean-event-store.ts';
import { openDatabase } from '../../shared/gcp/database.ts';
import { start } from '../start.ts';
import { makeStore } from './handler.ts';

start('store', ({ config }) => {
  const events = new FirestoreCleanEventStore(openDatabase(config));
  return { handler: makeStore({ events }) };
});
