import { openDatabase } from '../../shared/gcp/database.ts';
import { FirestoreDeadLetterStore } from '../../shared/gcp/dead-letter-store.ts';
import { start } from '../start.ts';
import { makeArchive } from './handler.ts';

start('archive', ({ config, clock }) => {
  const letters = new FirestoreDeadLetterStore(openDatabase(config));
  return { handler: makeArchive({ letters, clock }) };
});
