import {
  FieldValue,
  Timestamp,
  type DocumentReference,
  type DocumentSnapshot,
  type WriteBatch,
} from '@google-cloud/firestore';
import { InvariantError } from '../errors.ts';
import type { Version } from '../ports.ts';
import type { Documents } from './clients.ts';
import { isConflict } from './status.ts';

/** The fields of a document. A field without a value is not stored. */
export type Fields = Readonly<Record<string, unknown>>;

/** Writes the update time of a document as text: seconds and nanoseconds since 1970. */
export function versionOf(updateTime: Timestamp): Version {
  return `${updateTime.seconds}.${String(updateTime.nanoseconds).padStart(9, '0')}`;
}

/** Returns the update time that a version stands for. */
export function updateTimeOf(version: Version): Timestamp {
  const [seconds, nanoseconds] = version.split('.');
  return new Timestamp(Number(seconds), Number(nanoseconds));
}

/** The last instant that a Firestore timestamp can hold, 9999-12-31, in milliseconds since 1970. */
const lastInstantMs = 253_402_300_799_999;

/**
 * Returns the field of Firestore's TTL policy: when the document may be deleted. Undefined, so not stored, if it never
 * expires.
 */
export function expiry(atMs: number): Timestamp | undefined {
  return atMs > lastInstantMs ? undefined : Timestamp.fromMillis(atMs);
}

/** Returns the version of a document. Undefined if the document does not exist. */
export function versionIn(snapshot: DocumentSnapshot): Version | undefined {
  return snapshot.updateTime && versionOf(snapshot.updateTime);
}

/** @throws InvariantError if the document does not exist. */
export function versionThere(snapshot: DocumentSnapshot): Version {
  const version = versionIn(snapshot);
  if (version === undefined) throw new InvariantError(`${snapshot.ref.parent.id}: the document does not exist`);
  return version;
}

/**
 * Saves a document if the stored version is the expected one (undefined: no document).
 *
 * @returns Whether the document was saved.
 */
export async function saveIf(
  { calls }: Documents,
  document: DocumentReference,
  fields: Fields,
  expected: Version | undefined,
): Promise<boolean> {
  return calls.run(`saving ${document.parent.id}`, async () => {
    try {
      if (expected === undefined) await document.create(present(fields));
      else await document.update(replaced(fields), { lastUpdateTime: updateTimeOf(expected) });
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  });
}

/**
 * Commits several writes together, unless a document was changed meanwhile.
 *
 * @param what The commit, for the message of an error.
 * @returns Whether it was committed.
 */
export async function commitIf(
  { firestore, calls }: Documents,
  what: string,
  write: (batch: WriteBatch) => void,
): Promise<boolean> {
  return calls.run(what, async () => {
    const batch = firestore.batch();
    write(batch);
    try {
      await batch.commit();
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  });
}

/** Returns the fields that have a value. */
export function present(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/**
 * Returns the fields for an update that replaces all fields. A field without a value is deleted explicitly, because an
 * update keeps the fields that it does not name.
 */
export function replaced(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? FieldValue.delete()]));
}
