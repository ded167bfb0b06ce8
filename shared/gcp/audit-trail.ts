import { FieldPath, Timestamp, type CollectionReference, type DocumentSnapshot } from '@google-cloud/firestore';
import type { AuditedChange, AuditEntry } from '../dead-letter/audit.ts';
import type { AuditTrail } from '../letter-ports.ts';
import type { Database } from './clients.ts';
import { auditFields, entryIn } from './audit-document.ts';
import { updateTimeOf, versionOf } from './document.ts';

/**
 * Reads and writes the audit trail in Firestore, `audit/…`. A position is the time of a commit and the name of its
 * document. The clocks of instances differ, so a position by their times could pass over a change.
 */
export class FirestoreAuditTrail implements AuditTrail {
  private readonly database: Database<'letters'>;

  constructor(database: Database<'letters'>) {
    this.database = database;
  }

  async note(entry: AuditEntry): Promise<void> {
    await this.database.calls.run('writing audit', () => this.entries.doc().create(auditFields(entry)));
  }

  async latest(): Promise<string> {
    const query = this.entries.orderBy('at', 'desc').limit(1).select('at');
    const { docs } = await this.database.calls.run('reading audit', () => query.get());
    return docs[0] ? positionOf(docs[0]) : `${versionOf(Timestamp.fromMillis(0))}/-`;
  }

  async since(position: string, limit: number): Promise<readonly AuditedChange[] | undefined> {
    const [, time, name] = /^(\d{1,12}\.\d{9})\/([\w-]{1,64})$/.exec(position) ?? [];
    if (time === undefined || name === undefined) return undefined;
    const query = this.entries
      .orderBy('at')
      .orderBy(FieldPath.documentId())
      .startAfter(updateTimeOf(time), name)
      .limit(limit);
    const { docs } = await this.database.calls.run('reading audit', () => query.get());
    return docs.map((one) => ({ position: positionOf(one), entry: entryIn(one) }));
  }

  private get entries(): CollectionReference {
    return this.database.collection('audit');
  }
}

function positionOf(document: DocumentSnapshot): string {
  return `${versionOf(timeIn(document))}/${document.id}`;
}

function timeIn(document: DocumentSnapshot): Timestamp {
  return document.get('at') as Timestamp;
}
