import type { DocumentReference, Firestore } from '@google-cloud/firestore';
import type { BenchDatabase, MakeStateWriter, StateEvent, StateWriter } from './state-side.ts';

/** A transaction an event: it reads the event's document, and writes it. */
export const makeTransactionWriter: MakeStateWriter = ({ firestore }, run) => {
  let operations = 0;
  return {
    handle: (event) =>
      firestore.runTransaction(async (transaction) => {
        operations += 2;
        const document = documentOf(firestore, run, event);
        if ((await transaction.get(document)).exists) throw new Error(`event ${event.id} was handled before`);
        transaction.set(document, { root: event.root });
      }),
    flush: () => Promise.resolve(),
    operations: () => operations,
  };
};

/** BulkWriter creates a document for each event. It is never read, and never marked. */
export const makeCreateWriter: MakeStateWriter = (database, run) =>
  bulkWriter(database, async ({ create }, event) => {
    await create(documentOf(database.firestore, run, event), { root: event.root });
  });

/** An idempotent handler of two steps: a document is created before the event is handled, and completed after it. */
export const makePutAndCompleteWriter: MakeStateWriter = (database, run) =>
  bulkWriter(database, async ({ create, update }, event) => {
    const document = documentOf(database.firestore, run, event);
    await create(document, { root: event.root, status: 'in progress' });
    await update(document, { status: 'complete' });
  });

interface BulkSteps {
  readonly create: (document: DocumentReference, data: object) => Promise<unknown>;
  readonly update: (document: DocumentReference, data: Record<string, string>) => Promise<unknown>;
}

/** Sends what the events of one turn write in batches, as fast as it can. */
function bulkWriter(
  { firestore }: BenchDatabase,
  handle: (steps: BulkSteps, event: StateEvent) => Promise<void>,
): StateWriter {
  const bulk = firestore.bulkWriter({ throttling: false });
  let operations = 0;
  let isFlushing = false;
  const written = <T>(write: Promise<T>): Promise<T> => {
    operations++;
    if (!isFlushing) {
      isFlushing = true;
      setImmediate(() => {
        isFlushing = false;
        void bulk.flush();
      });
    }
    return write;
  };
  const steps: BulkSteps = {
    create: (document, data) => written(bulk.create(document, data)),
    update: (document, data) => written(bulk.update(document, data)),
  };
  return { handle: (event) => handle(steps, event), flush: () => bulk.close(), operations: () => operations };
}

function documentOf(firestore: Firestore, run: string, { id }: StateEvent): DocumentReference {
  return firestore.doc(`${run}/${id}`);
}
