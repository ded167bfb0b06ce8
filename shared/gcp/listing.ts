// Imported as a whole, because Node does not find the name `v1` among the library's exports.
import library from '@google-cloud/firestore';
import type { Connection } from '../config.ts';
import type { DatabaseName } from '../databases.ts';
import type { StreamPage } from '../ports.ts';
import { isRefusal } from './status.ts';

type ListingClient = InstanceType<typeof library.v1.FirestoreClient>;

/** The emulator lists documents only for an administrator, and accepts this token as one. */
const administrator = { Authorization: 'Bearer owner' };

/**
 * Lists the names of documents page by page. It includes documents that have no fields, but collections below them.
 *
 * `listDocuments()` of Firestore's client returns all names at once, which is unbounded. So this uses the generated
 * client (https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#google.firestore.v1.Firestore),
 * with its own connection, which is made when it is first needed.
 */
export class DocumentListing {
  private readonly connection: Connection;
  private readonly database: DatabaseName;
  private client: Promise<ListingClient> | undefined;

  constructor(connection: Connection, database: DatabaseName) {
    this.connection = connection;
    this.database = database;
  }

  /** @returns Undefined for a cursor that Firestore does not know. */
  async page(collectionId: string, limit: number, cursor?: string): Promise<StreamPage | undefined> {
    const { projectId, databaseIds, firestoreEmulatorHost } = this.connection;
    const database = `projects/${projectId}/databases/${databaseIds[this.database]}`;
    const request = {
      parent: `${database}/documents`,
      collectionId,
      pageSize: limit,
      pageToken: cursor ?? '',
      showMissing: true,
      mask: { fieldPaths: [] },
    };
    const headers = {
      'google-cloud-resource-prefix': database,
      ...(firestoreEmulatorHost !== undefined && administrator),
    };
    try {
      const client = await (this.client ??= makeClient(this.connection));
      const [, , page] = await client.listDocuments(request, { autoPaginate: false, otherArgs: { headers } });
      const next = page.nextPageToken ?? '';
      return { names: (page.documents ?? []).map(({ name }) => lastPart(name)), next: next === '' ? undefined : next };
    } catch (error) {
      if (cursor !== undefined && isRefusal(error)) return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await (await this.client)?.close();
  }
}

async function makeClient({ projectId, firestoreEmulatorHost }: Connection): Promise<ListingClient> {
  if (firestoreEmulatorHost === undefined) return new library.v1.FirestoreClient({ projectId });
  const [servicePath, port] = firestoreEmulatorHost.split(':');
  const { grpc } = await import('google-gax');
  const sslCreds = grpc.credentials.createInsecure();
  return new library.v1.FirestoreClient({ projectId, servicePath: servicePath ?? '', port: Number(port), sslCreds });
}

function lastPart(name: string | null | undefined): string {
  return name?.split('/').at(-1) ?? '';
}
