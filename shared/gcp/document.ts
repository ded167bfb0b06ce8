import { FieldValue, Timestamp, type DocumentReference, type DocumentSnapshot } from '@google-cloud/firestore';
import { InvariantError } from '../errors.ts';
import type { Version } from '../ports.ts';
import type { Database } from './clients.ts';
import { isConflict } from './status.ts';

/** A document's fields; those without a value are not stored. */
export type Fields = Readonly<Record<string, unknown>>;

/** A document's update time as text: seconds and nanoseconds since 1970. */
export function versionOf(updateTime: Timestamp): Version {
  return `${updateTime.seconds}.${String(updateTime.nanoseconds).padStart(9, '0')}`;
}

/** The update time behind a version. */
export function updateTimeOf(version: Version): Timestamp {
  const [seconds, nanoseconds] = version.split('.');
  return new Timestamp(Number(seconds), Number(nanoseconds));
}

/** The last instant that a Firestore timestamp can hold, 9999-12-31, in milliseconds since 1970. */
const lastInstantMs = 253_402_300_799_999;

/** The field of Firestore's TTL policies: when a document may be deleted. Undefined, so not stored, where never. */
export function expiry(atMs: number): Timestamp | undefined {
  return atMs > lastInstantMs ? undefined : Timestamp.fromMillis(atMs);
}

/** The version of a document as it was read; undefined where there is none. */
export function versionIn(snapshot: DocumentSnapshot): Version | undefined {
  return snapshot.updateTime && versionOf(snapshot.updateTime);
}

/** @throws InvariantError for a document that is not there. */
export function versionThere(snapshot: DocumentSnapshot): Version {
  const version = versionIn(snapshot);
  if (version === undefined)
    throw new InvariantError(`${snapshot.ref.parent.id}: a document was read that is not there`);
  return version;
}

/**
 * Saves a document on the condition that the expected version (undefined: none) is still there.
 *
 * @returns Whether it was, and the document was saved.
 */
export async function saveIf(
  { calls }: Database,
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

/** The fields that have a value. */
export function present(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The fields for an update in place of all: what it does not name it leaves alone, so what has no value is named as deleted. */
export function replaced(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? FieldValue.delete()]));
}
