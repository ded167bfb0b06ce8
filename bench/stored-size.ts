import { encodeBlock, type BlockDocument } from '../shared/tracking/block-codec.ts';
import { applyClaims, applyMarks } from '../shared/tracking/apply-claims.ts';
import { blockIndex, emptyBlock } from '../shared/tracking/block.ts';
import { dayMs } from '../test/support/builders.ts';
import { claimAt } from './unnumbered-commits.ts';

/*
 * Sizes as Firestore bills them (https://firebase.google.com/docs/firestore/storage-size): a text has a byte more than
 * its UTF-8, a number eight, a document 32 besides its name and its fields, and an entry of an index 32 besides the
 * name of the document, the name of its parent, and what it indexes.
 */

/** The indexes of the collection `buckets`, by their fields. terraform/firestore.tf makes them. */
export const bucketIndexes: readonly (readonly (keyof BlockDocument)[])[] = [
  ['index'],
  ['unpublished'],
  ['index', 'clean', 'closed', 'reconstructed', 'suspect'],
];

const minuteMs = 60_000;
const parent = nameBytes('streams', 'payments');
const ofBucket = nameBytes('streams', 'payments', 'buckets', '0'.repeat(14));

/** The stored size of a stream without numbers, in bytes. */
export interface StoredSize {
  readonly documents: number;
  readonly documentBytes: number;
  readonly indexBytes: number;
}

/** Measures the buckets of a year with one event a minute, all of them published. */
export function yearOfAnEventAMinute(bucketMs: number): StoredSize {
  const documents = (365 * dayMs) / Math.max(bucketMs, minuteMs);
  const document = aBucket(bucketMs);
  const fields = { ...document, expireAt: 0 };
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  const bytes = present.reduce((sum, [name, value]) => sum + textBytes(name) + valueBytes(value), 0);
  return {
    documents: Math.round(documents),
    documentBytes: documents * (ofBucket + 32 + bytes),
    indexBytes: documents * bucketIndexes.reduce((sum, names) => sum + indexEntryBytes(document, names), 0),
  };
}

function aBucket(bucketMs: number): BlockDocument {
  const events = Math.max(1, bucketMs / minuteMs);
  const claims = Array.from({ length: events }, (_, n) => claimAt(n, n * minuteMs, `events/${n}`, bucketMs));
  const index = blockIndex(claims[0]?.eventId ?? 0);
  // The bucket may have begun before the first event.
  const inOne = claims.map((claim) => {
    const place = index * 256 + (claim.eventId % 256);
    return { ...claim, eventId: place, place };
  });
  const claimed = applyClaims(emptyBlock(index), inOne).block;
  const marks = inOne.map(({ eventId, place, root }) => ({ eventId, place, root, as: 'published' as const }));
  return encodeBlock(applyMarks(claimed, marks), { isBucket: true });
}

function indexEntryBytes(document: BlockDocument, names: readonly (keyof BlockDocument)[]): number {
  if (names.some((name) => document[name] === undefined)) return 0;
  const values = names.length * 8;
  const [only, ...more] = names;
  return ofBucket + parent + 32 + values + (more.length === 0 && only !== undefined ? textBytes(only) : 0);
}

function valueBytes(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, text) => sum + textBytes(String(text)), 0);
  return 8;
}

function textBytes(text: string): number {
  return Buffer.byteLength(text) + 1;
}

function nameBytes(...parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + textBytes(part), 16);
}
