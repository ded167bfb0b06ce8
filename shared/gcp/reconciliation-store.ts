import type { DocumentReference } from '@google-cloud/firestore';
import { z } from 'zod';
import { InvariantError } from '../errors.ts';
import type { ReconciliationStore, Version, Versioned } from '../ports.ts';
import type { Reconciliation } from '../reconciliation/reconciliation.ts';
import { spellIssues } from '../zod-issues.ts';
import type { Database } from './clients.ts';
import { present, replaced, updateTimeOf, versionOf, versionThere } from './document.ts';
import { isConflict } from './status.ts';

const timeRange = z.object({ fromMs: z.number(), toMs: z.number() });
const counts = { items: z.number(), missing: z.number(), unreadable: z.number() };
const span = timeRange.extend({ isDeep: z.boolean(), ...counts });

const stateFields = z.object({
  sinceMs: z.number(),
  checkpointMs: z.number(),
  deepAtMs: z.number(),
  startedAtMs: z.number(),
  leaseUntilMs: z.number().optional(),
  reading: span.extend({ cursor: z.string().optional() }).optional(),
  last: span.extend({ atMs: z.number() }).optional(),
  missing: z.number(),
  unreadable: z.number(),
  lost: timeRange.optional(),
  trouble: z.object({ what: z.string(), sinceMs: z.number() }).optional(),
});

/** Returns every field of a state, also those without a value, so that saving the state deletes them. */
function fieldsOf(state: Reconciliation): Record<keyof Reconciliation, unknown> {
  const { sinceMs, checkpointMs, deepAtMs, startedAtMs, leaseUntilMs, reading, last } = state;
  const { missing, unreadable, lost, trouble } = state;
  const position = { sinceMs, checkpointMs, deepAtMs, startedAtMs, leaseUntilMs };
  return { ...position, reading: reading && present({ ...reading }), last, missing, unreadable, lost, trouble };
}

/** Stores the states of reconciliations in Firestore: `streams/{stream}/reconciliations/{name}`. */
export class FirestoreReconciliationStore implements ReconciliationStore {
  private readonly database: Database<'state'>;

  constructor(database: Database<'state'>) {
    this.database = database;
  }

  async find(stream: string, name: string): Promise<Versioned<Reconciliation> | undefined> {
    const snapshot = await this.database.calls.run('reading a reconciliation', () => this.document(stream, name).get());
    if (!snapshot.exists) return undefined;
    const { data, error } = stateFields.safeParse(snapshot.data());
    if (!data) throw new InvariantError(`the reconciliation ${stream}/${name} cannot be read: ${spellIssues(error)}`);
    return { value: data, version: versionThere(snapshot) };
  }

  async save(
    stream: string,
    name: string,
    state: Reconciliation,
    expected: Version | undefined,
  ): Promise<Version | undefined> {
    const document = this.document(stream, name);
    const fields = fieldsOf(state);
    return this.database.calls.run('saving a reconciliation', async () => {
      try {
        const { writeTime } =
          expected === undefined
            ? await document.create(present(fields))
            : await document.update(replaced(fields), { lastUpdateTime: updateTimeOf(expected) });
        return versionOf(writeTime);
      } catch (error) {
        if (isConflict(error)) return undefined;
        throw error;
      }
    });
  }

  private document(stream: string, name: string): DocumentReference {
    return this.database.collection(`streams/${stream}/reconciliations`).doc(name);
  }
}
