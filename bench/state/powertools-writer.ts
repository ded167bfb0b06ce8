import {
  IdempotencyConfig,
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { Firestore } from '@google-cloud/firestore';
import { isTaken } from '../../shared/gcp/status.ts';
import type { MakeStateWriter, StateEvent } from './state-side.ts';

/** The idempotency of Powertools for AWS Lambda, on a layer that stores its records in Firestore. */
export const makePowertoolsWriter: MakeStateWriter = ({ firestore }, run) => {
  const persistenceStore = new FirestoreLayer(firestore, run);
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', throwOnNoIdempotencyKey: true });
  // Powertools asks how much time is left, and warns if nobody says so.
  config.registerLambdaContext({ getRemainingTimeInMillis: () => 60_000 } as Parameters<
    IdempotencyConfig['registerLambdaContext']
  >[0]);
  const handle = makeIdempotent((event: StateEvent) => Promise.resolve(event.id), {
    ...{ persistenceStore, config, dataIndexArgument: 0 },
  });
  return {
    handle: async (event) => {
      await handle(event);
    },
    flush: () => Promise.resolve(),
    operations: () => persistenceStore.operations,
  };
};

/** The document that Powertools stores of a handled event. */
interface Stored {
  readonly status: ConstructorParameters<typeof IdempotencyRecord>[0]['status'];
  readonly expiryTimestamp: number;
  readonly responseData?: number;
}

class FirestoreLayer extends BasePersistenceLayer {
  operations = 0;
  private readonly firestore: Firestore;
  private readonly run: string;

  constructor(firestore: Firestore, run: string) {
    super();
    this.firestore = firestore;
    this.run = run;
  }

  protected async _putRecord(record: IdempotencyRecord): Promise<void> {
    this.operations++;
    const { expiryTimestamp = 0 } = record;
    try {
      await this.document(record.idempotencyKey).create({ status: record.getStatus(), expiryTimestamp });
    } catch (error) {
      if (isTaken(error)) throw new IdempotencyItemAlreadyExistsError();
      throw error;
    }
  }

  protected async _updateRecord(record: IdempotencyRecord): Promise<void> {
    this.operations++;
    const { expiryTimestamp = 0, responseData } = record;
    const stored = { status: record.getStatus(), expiryTimestamp, responseData };
    await this.document(record.idempotencyKey).update(stored);
  }

  protected async _getRecord(idempotencyKey: string): Promise<IdempotencyRecord> {
    this.operations++;
    const stored = (await this.document(idempotencyKey).get()).data() as Stored | undefined;
    if (!stored) throw new IdempotencyItemNotFoundError();
    return new IdempotencyRecord({ idempotencyKey, ...stored });
  }

  protected async _deleteRecord({ idempotencyKey }: IdempotencyRecord): Promise<void> {
    this.operations++;
    await this.document(idempotencyKey).delete();
  }

  private document(key: string) {
    return this.firestore.collection(this.run).doc(key.replaceAll(/[#/]/g, '-'));
  }
}
