import type { CollectionReference, DocumentReference, DocumentSnapshot } from '@google-cloud/firestore';
import { z } from 'zod';
import { InvariantError } from '../errors.ts';
import type { Gap } from '../gaps/gap.ts';
import type { Progress } from '../gaps/progress.ts';
import type { GapLedger, Version, Versioned } from '../ports.ts';
import type { Database } from './clients.ts';
import { present, saveIf, versionIn } from './document.ts';
import { isTaken } from './status.ts';

/** Digits of the highest id, 2^53 − 1: gaps stand in the order of their ids. */
const idDigits = 16;
/** Rows that are filed at once. */
const rowsAtOnce = 500;

const progressFields = z.object({
  first: z.number().optional(),
  highWater: z.number(),
  watermark: z.number(),
  scanned: z.number(),
  floor: z.number(),
  samples: z.array(z.object({ atMs: z.number(), highWater: z.number() })),
  sweptAtMs: z.number().optional(),
});

const gapFields = z.object({
  stream: z.string(),
  from: z.number(),
  to: z.number(),
  state: z.enum(['open', 'requested', 'filled', 'voided', 'reconstructed', 'abandoned']),
  foundAtMs: z.number(),
  requestedAtMs: z.number().exactOptional(),
  deadlineMs: z.number().exactOptional(),
  inferRequestedAtMs: z.number().exactOptional(),
  resolvedAtMs: z.number().exactOptional(),
});

/** The ledger in Firestore: a stream's progress in `streams/{stream}`, its gaps in `streams/{stream}/gaps/{from}`. */
export class FirestoreGapLedger implements GapLedger {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async progress(stream: string): Promise<Versioned<Progress> | undefined> {
    return this.database.calls.run('reading progress', async () => {
      const snapshot = await this.stream(stream).get();
      // A stream that was never swept may have a document all the same, for something else.
      return snapshot.get('samples') === undefined ? undefined : versioned(snapshot, progressIn);
    });
  }

  async saveProgress(stream: string, progress: Progress, expected: Version | undefined): Promise<boolean> {
    return saveIf(this.database, this.stream(stream), fieldsOfProgress(progress), expected);
  }

  async open(gaps: readonly Gap[]): Promise<void> {
    for (let from = 0; from < gaps.length; from += rowsAtOnce) await this.create(gaps.slice(from, from + rowsAtOnce));
  }

  async unresolved(stream: string): Promise<readonly Versioned<Gap>[]> {
    return this.database.calls.run('reading gaps', async () => {
      // They come in the order of their names, which is that of their ids; any other would need a composite index.
      const { docs } = await this.gaps(stream).where('state', 'in', ['open', 'requested']).get();
      return docs.map((snapshot) => versioned(snapshot, gapIn));
    });
  }

  async find(stream: string, from: number): Promise<Versioned<Gap> | undefined> {
    return this.database.calls.run('reading a gap', async () => {
      const snapshot = await this.document(stream, from).get();
      return snapshot.exists ? versioned(snapshot, gapIn) : undefined;
    });
  }

  async save(gap: Gap, expected: Version): Promise<boolean> {
    return saveIf(this.database, this.document(gap.stream, gap.from), fieldsOfGap(gap), expected);
  }

  async list(stream: string, limit: number): Promise<readonly Gap[]> {
    return this.database.calls.run('reading gaps', async () => {
      const { docs } = await this.gaps(stream).orderBy('from').limit(limit).get();
      return docs.map(gapIn);
    });
  }

  /** Creates rows, and leaves those that are there. */
  private async create(gaps: readonly Gap[]): Promise<void> {
    const { firestore, calls } = this.database;
    await calls.run('filing gaps', async () => {
      const writer = firestore.bulkWriter({ throttling: false });
      writer.onWriteError(() => false);
      const created = gaps.map(async (gap) => {
        try {
          await writer.create(this.document(gap.stream, gap.from), present(fieldsOfGap(gap)));
        } catch (error) {
          if (!isTaken(error)) throw error;
        }
      });
      void writer.close();
      await Promise.all(created);
    });
  }

  private document(stream: string, from: number): DocumentReference {
    return this.gaps(stream).doc(String(from).padStart(idDigits, '0'));
  }

  private gaps(stream: string): CollectionReference {
    return this.stream(stream).collection('gaps');
  }

  private stream(name: string): DocumentReference {
    return this.database.firestore.collection('streams').doc(name);
  }
}

/** Every field of a row, so that saving one without a value takes the value away. */
function fieldsOfGap(gap: Gap): Record<keyof Gap, unknown> {
  const { stream, from, to, state, foundAtMs, requestedAtMs, deadlineMs, inferRequestedAtMs, resolvedAtMs } = gap;
  return { stream, from, to, state, foundAtMs, requestedAtMs, deadlineMs, inferRequestedAtMs, resolvedAtMs };
}

function fieldsOfProgress(progress: Progress): Record<Exclude<keyof Progress, 'stream'>, unknown> {
  const { first, highWater, watermark, scanned, floor, samples, sweptAtMs } = progress;
  return { first, highWater, watermark, scanned, floor, samples, sweptAtMs };
}

function versioned<T>(snapshot: DocumentSnapshot, read: (snapshot: DocumentSnapshot) => T): Versioned<T> {
  const version = versionIn(snapshot);
  if (version === undefined)
    throw new InvariantError(`${snapshot.ref.parent.id}: a document was read that is not there`);
  return { value: read(snapshot), version };
}

function progressIn(snapshot: DocumentSnapshot): Progress {
  const { first, sweptAtMs, ...rest } = progressFields.parse(snapshot.data());
  return { stream: snapshot.id, first, sweptAtMs, ...rest };
}

function gapIn(snapshot: DocumentSnapshot): Gap {
  return gapFields.parse(snapshot.data());
}
