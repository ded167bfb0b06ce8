import { databaseUntil, openDatabase } from '../../shared/gcp/database.ts';
import { FirestoreDeadLetterStore } from '../../shared/gcp/dead-letter-store.ts';
import { start } from '../start.ts';
import { makeArchive } from './handler.ts';

start('archive', ({ config, clock }) => {
  const database = openDatabase(config);
  const portsUntil = (deadlineMs: number) => ({
    letters: new FirestoreDeadLetterStore(databaseUntil(database, deadlineMs)),
  });
  return { handler: makeArchive({ portsUntil, clock }) };
});
