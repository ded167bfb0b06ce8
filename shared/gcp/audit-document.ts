import { FieldValue, type DocumentSnapshot, type Timestamp } from '@google-cloud/firestore';
import { z } from 'zod';
import { auditRetentionMs, type AuditEntry } from '../dead-letter/audit.ts';
import { expiry, present } from './document.ts';

const fieldsSchema = z.object({
  letter: z.string().optional(),
  by: z.string().default(''),
  did: z.string().default(''),
  state: z.string().optional(),
  revision: z.number().optional(),
  replay: z.number().optional(),
  note: z.string().optional(),
  job: z.string().optional(),
});

/** Returns the fields of an entry. Its time is that of the commit. */
export function auditFields({ atMs, ...entry }: AuditEntry): Record<string, unknown> {
  return present({ ...entry, at: FieldValue.serverTimestamp(), expireAt: expiry(atMs + auditRetentionMs) });
}

export function entryIn(document: DocumentSnapshot): AuditEntry {
  const fields = fieldsSchema.parse(document.data());
  return { ...fields, letter: fields.letter, atMs: (document.get('at') as Timestamp).toMillis() } as AuditEntry;
}
