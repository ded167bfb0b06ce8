import { chooseCatalog } from '../catalog-file/chosen-catalog.ts';
import { UsageError, type Io } from '../command.ts';
import { connectionOf } from '../connection.ts';
import { ConsoleClient, defaultConsole } from '../console/console-client.ts';
import { withStores } from '../stores.ts';
import { consoleReader } from './console-reader.ts';
import type { PipelineReader } from './pipeline-reader.ts';
import { storeReader } from './store-reader.ts';

/** The lines of a command's help that say what it reads. */
export const readerNotes = [
  `Asks the console at EVENTMEND_CONSOLE, which npm start and npm run dev serve at ${defaultConsole}. Without this variable it reads`,
  'the Firestore emulator at FIRESTORE_EMULATOR_HOST, or else Firestore of the project GOOGLE_CLOUD_PROJECT. Without any of them it',
  `asks ${defaultConsole}.`,
] as const;

/** Calls a function with a reader of the pipeline that the environment names. */
export async function withReader<T>(
  io: Io,
  catalogFile: string | undefined,
  use: (reader: PipelineReader) => Promise<T>,
): Promise<T> {
  const stores = ['FIRESTORE_EMULATOR_HOST', 'PUBSUB_EMULATOR_HOST', 'GOOGLE_CLOUD_PROJECT'];
  const isStore = io.env.EVENTMEND_CONSOLE === undefined && stores.some((name) => io.env[name] !== undefined);
  if (isStore) {
    const connection = connectionOf(io, 'FIRESTORE_EMULATOR_HOST');
    return withStores(connection, await chooseCatalog(catalogFile, io), (found) => use(storeReader(found)));
  }
  if (catalogFile !== undefined)
    throw new UsageError(
      '--catalog is for reading a store, and a console has the catalog of its pipeline: leave it out, or set ' +
        'FIRESTORE_EMULATOR_HOST or GOOGLE_CLOUD_PROJECT and not EVENTMEND_CONSOLE',
    );
  return use(consoleReader(new ConsoleClient(io)));
}
