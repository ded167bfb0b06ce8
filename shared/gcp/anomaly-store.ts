import type { CollectionReference } from '@google-cloud/firestore';
import { z } from 'zod';
import { measures, type Anomaly } from '../anomalies/anomaly.ts';
import { digest } from '../digest.ts';
import type { AnomalyStore } from '../event-ports.ts';
import type { Database } from './clients.ts';
import { expiry } from './document.ts';

const fields = z.object({
  stream: z.string(),
  type: z.string(),
  startMs: z.number(),
  endMs: z.number(),
  measure: z.enum(measures),
  value: z.number(),
  expected: z.number(),
  score: z.number(),
});

/** Stores anomalies in Firestore, in `anomalies/{digest of window and measure}`. */
export class FirestoreAnomalyStore implements AnomalyStore {
  private readonly database: Database<'state'>;

  constructor(database: Database<'state'>) {
    this.database = database;
  }

  async file(anomaly: Anomaly, expireAtMs: number): Promise<void> {
    const { stream, type, measure, startMs, endMs } = anomaly;
    const name = digest(JSON.stringify([stream, type, measure, startMs, endMs]));
    const document = this.anomalies.doc(Buffer.from(name, 'latin1').toString('base64url'));
    await this.database.calls.run('filing an anomaly', () =>
      document.set({ ...anomaly, expireAt: expiry(expireAtMs) }),
    );
  }

  async latest(limit: number): Promise<readonly Anomaly[]> {
    const query = this.anomalies.orderBy('endMs', 'desc').limit(limit);
    const { docs } = await this.database.calls.run('listing anomalies', () => query.get());
    // A document that somebody changed by hand does not hide the others.
    return docs.flatMap((document) => fields.safeParse(document.data()).data ?? []);
  }

  private get anomalies(): CollectionReference {
    return this.database.collection('anomalies');
  }
}
