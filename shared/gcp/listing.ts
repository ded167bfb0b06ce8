// As a whole: the library defines `v1` where Node does not see it as a name that it exports.
import library from '@google-cloud/firestore';
import type { Connection } from '../config.ts';
import type { StreamPage } from '../ports.ts';
import { isRefusal } from './status.ts';

type ListingClient = InstanceType<typeof library.v1.FirestoreClient>;

/** The emulator lists documents for an administrator only, and takes this word for one. */
const administrator = { Authorization: 'Bearer owner' };

/**
 * Lists the names of documents page by page, also of those that have collections below them and no fields of their own.
 *
 * `listDocuments()` of Firestore's own client does that too, but returns all names at once, however many there are. So this uses
 * the generated client (https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#google.firestore.v1.Firestore),
 * which has a connection of its own, made when it is first needed.
 */
export class DocumentListing {
  private readonly connection: Connection;
  private client: Promise<ListingClient> | undefined;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** @returns Undefined for a cursor that Firestore does not know. */
  async page(collectionId: string, limit: number, cursor?: string): Promise<StreamPage | undefined> {
    const { projectId, databaseId, firestoreEmulatorHost } = this.connection;
    const database = `projects/${projectId}/databases/${databaseId}`;
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
