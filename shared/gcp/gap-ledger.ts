import {
  FieldPath,
  type CollectionReference,
  type DocumentReference,
  type DocumentSnapshot,
  type Query,
} from '@google-cloud/firestore';
import { z } from 'zod';
import { InvariantError } from '../errors.ts';
import { gapStates, methods, type Gap } from '../gaps/gap.ts';
import type { Progress } from '../gaps/progress.ts';
import type { BlockRef, GapLedger, Version, Versioned } from '../ports.ts';
import { idsOf } from '../tracking/block.ts';
import type { Database } from './clients.ts';
import { present, replaced, saveIf, updateTimeOf, versionIn, versionOf } from './document.ts';
import { isConflict } from './status.ts';

/** Digits of the highest id, 2^53 − 1: gaps stand in the order of their ids. */
const idDigits = 16;

const progressFields = z.object({
  first: z.number().optional(),
  highWater: z.number(),
  watermark: z.number(),
  scanned: z.number(),
  floor: z.number(),
  samples: z.array(z.object({ sinceMs: z.number(), atMs: z.number(), highWater: z.number() })),
  sweptAtMs: z.number().optional(),
  advancedTo: z.number().optional(),
});

const gapFields = z.object({
  stream: z.string(),
  from: z.number(),
  to: z.number(),
  state: z.enum(gapStates),
  foundAtMs: z.number(),
  requestedAtMs: z.number().exactOptional(),
  deadlineMs: z.number().exactOptional(),
  inferRequestedAtMs: z.number().exactOptional(),
  method: z.enum(methods).exactOptional(),
  resolvedAtMs: z.number().exactOptional(),
  missing: z.number().exactOptional(),
  cameLateAtMs: z.number().exactOptional(),
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

  async saveProgress(
    stream: string,
    progress: Progress,
    expected: Version | undefined,
    found: readonly Gap[] = [],
  ): Promise<Version | undefined> {
    const { firestore, calls } = this.database;
    return calls.run('saving progress', async () => {
      const batch = firestore.batch();
      const fields = fieldsOfProgress(progress);
      if (expected === undefined) batch.create(this.stream(stream), present(fields));
      else batch.update(this.stream(stream), replaced(fields), { lastUpdateTime: updateTimeOf(expected) });
      for (const gap of found) batch.set(this.document(stream, gap.from), present(fieldsOfGap(gap)));
      try {
        const [saved] = await batch.commit();
        return saved && versionOf(saved.writeTime);
      } catch (error) {
        if (isConflict(error)) return undefined;
        throw error;
      }
    });
  }

  async unresolved(stream: string, limit: number, above?: number): Promise<readonly Versioned<Gap>[]> {
    return this.database.calls.run('reading gaps', async () => {
      // The order of their names is that of their ids; any other order would need a composite index.
      const ascending = this.allUnresolved(stream).orderBy(FieldPath.documentId()).limit(limit);
      const { docs } = await (above === undefined ? ascending : ascending.startAfter(nameOf(above))).get();
      return docs.map((snapshot) => versioned(snapshot, gapIn));
    });
  }

  /** One billed read for up to 1,000 gaps. */
  async countUnresolved(stream: string): Promise<number> {
    return this.database.calls.run('counting gaps', async () => {
      const counted = await this.allUnresolved(stream).count().get();
      return counted.data().count;
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

  async overlapping({ stream, index }: BlockRef): Promise<readonly Versioned<Gap>[]> {
    const { from, to } = idsOf(index);
    return this.database.calls.run('reading gaps', async () => {
      const gaps = this.gaps(stream);
      const [within, before] = await Promise.all([
        gaps.where('from', '>=', from).where('from', '<=', to).orderBy('from').get(),
        // Gaps do not overlap each other: of those that begin before the range only the last can reach into it.
        gaps.where('from', '<', from).orderBy('from', 'desc').limit(1).get(),
      ]);
      const found = [...before.docs, ...within.docs].map((snapshot) => versioned(snapshot, gapIn));
      return found.filter(({ value }) => value.to >= from);
    });
  }

  async list(stream: string, limit: number, below?: number): Promise<readonly Gap[]> {
    return this.database.calls.run('reading gaps', async () => {
      const newestFirst = this.gaps(stream).orderBy('from', 'desc').limit(limit);
      const { docs } = await (below === undefined ? newestFirst : newestFirst.startAfter(below)).get();
      return docs.map(gapIn);
    });
  }

  private document(stream: string, from: number): DocumentReference {
    return this.gaps(stream).doc(nameOf(from));
  }

  private allUnresolved(stream: string): Query {
    return this.gaps(stream).where('state', 'in', ['open', 'requested']);
  }

  private gaps(stream: string): CollectionReference {
    return this.stream(stream).collection('gaps');
  }

  private stream(name: string): DocumentReference {
    return this.database.firestore.collection('streams').doc(name);
  }
}

/** The name of a gap's document. */
function nameOf(from: number): string {
  return String(from).padStart(idDigits, '0');
}

/** Every field of a row, so that saving one without a value takes the value away. */
function fieldsOfGap(gap: Gap): Record<keyof Gap, unknown> {
  const { stream, from, to, state, foundAtMs, requestedAtMs, deadlineMs, inferRequestedAtMs, method } = gap;
  const { resolvedAtMs, missing, cameLateAtMs } = gap;
  const asked = { requestedAtMs, deadlineMs, inferRequestedAtMs, method };
  return { stream, from, to, state, foundAtMs, ...asked, resolvedAtMs, missing, cameLateAtMs };
}

function fieldsOfProgress(progress: Progress): Record<Exclude<keyof Progress, 'stream'>, unknown> {
  const { first, highWater, watermark, scanned, floor, samples, sweptAtMs, advancedTo } = progress;
  return { first, highWater, watermark, scanned, floor, samples, sweptAtMs, advancedTo };
}

function versioned<T>(snapshot: DocumentSnapshot, read: (snapshot: DocumentSnapshot) => T): Versioned<T> {
  const version = versionIn(snapshot);
  if (version === undefined)
    throw new InvariantError(`${snapshot.ref.parent.id}: a document was read that is not there`);
  return { value: read(snapshot), version };
}

function progressIn(snapshot: DocumentSnapshot): Progress {
  const { first, sweptAtMs, advancedTo, ...rest } = progressFields.parse(snapshot.data());
  return { stream: snapshot.id, first, sweptAtMs, ...(advancedTo !== undefined && { advancedTo }), ...rest };
}

function gapIn(snapshot: DocumentSnapshot): Gap {
  return gapFields.parse(snapshot.data());
}
