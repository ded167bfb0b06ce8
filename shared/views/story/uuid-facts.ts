import { digest } from '../../digest.ts';
import { uuidKey } from '../../identity.ts';
import { bucketStartMs, placeOfKey } from '../../place.ts';
import { blockIndex } from '../../tracking/block.ts';
import { loadEntriesOfKey } from '../../tracking/entries-of-key.ts';
import type { Entry } from '../../tracking/entry.ts';
import { letterView } from '../letter-view.ts';
import type { UuidStoryStores } from './stores.ts';
import type { TracedLetter } from './facts.ts';

/** Everything that Eventmend knows of one uuid of a stream without numbers. */
export interface UuidFacts {
  readonly stream: string;
  /** The uuid as the key of its event spells it. */
  readonly uuid: string;
  /** Where its entry would be. Undefined if nothing says at what time to look. */
  readonly bucket: BucketFacts | undefined;
  readonly entries: readonly Entry[];
  readonly letters: readonly TracedLetter[];
}

export interface BucketFacts {
  /** The first instant of the bucket, in milliseconds since 1970. */
  readonly fromMs: number;
  readonly lengthMs: number;
  readonly isStored: boolean;
  /** The path of the page with the entry. Empty for the bucket itself. */
  readonly page: string;
  /** When the bucket or page may be forgotten, in milliseconds since 1970. */
  readonly expireAtMs: number | undefined;
}

/** The most letters that are shown. */
const maxLetters = 50;

/**
 * Loads everything that is known of a uuid. Its entry is where its timestamp says. In a stream with global uuids the
 * store of uuids knows that too.
 *
 * @param text The uuid, or the `idempotency_key` of its event.
 * @param atMs The timestamp of the event, in milliseconds since 1970, if it is known.
 */
export async function loadUuidFacts(
  stores: UuidStoryStores,
  stream: string,
  text: string,
  atMs?: number,
): Promise<UuidFacts> {
  const facts = await factsOf(stores, stream, spelt(text), atMs);
  const uuid = uuidInKey(stream, text);
  const isKnown = facts.entries.length > 0 || facts.letters.length > 0;
  return uuid === undefined || isKnown ? facts : factsOf(stores, stream, spelt(uuid), atMs);
}

async function factsOf(
  stores: UuidStoryStores,
  stream: string,
  uuid: string,
  atMs: number | undefined,
): Promise<UuidFacts> {
  const { bucketMs } = stores.catalog.stream(stream);
  const letters = await stores.letters.about(stream, uuid, maxLetters);
  const traced = letters.map((letter) => ({ ...letterView(letter), times: letter.messageIds.length }));
  const place = atMs === undefined ? await holderOf(stores, stream, uuid) : placeOfKey(uuid, atMs, bucketMs);
  if (place === undefined) return { stream, uuid, bucket: undefined, entries: [], letters: traced };
  const { entries, stored, page } = await loadEntriesOfKey(stores.blocks, {
    stream,
    place,
    isBucket: true,
    key: digest(uuid),
  });
  const bucket: BucketFacts = {
    fromMs: bucketStartMs(blockIndex(place), bucketMs),
    lengthMs: bucketMs,
    isStored: stored.version !== undefined,
    page,
    expireAtMs: Number.isFinite(stored.expireAtMs) ? stored.expireAtMs : undefined,
  };
  return { stream, uuid, bucket, entries, letters: traced };
}

async function holderOf({ keys, catalog }: UuidStoryStores, stream: string, uuid: string): Promise<number | undefined> {
  return catalog.stream(stream).uuid === 'global' ? keys?.holder(stream, uuid) : undefined;
}

/** Returns the key of a uuid. A text with `~` is a key already: no uuid is written with it. */
function spelt(text: string): string {
  return text.includes('~') ? text : (uuidKey(text) ?? text);
}

/** Returns the uuid in an idempotency key of a stream, which may end in the number of a replacement. */
function uuidInKey(stream: string, text: string): string | undefined {
  const prefix = `${stream}/`;
  return text.startsWith(prefix) ? text.slice(prefix.length).replace(/\/r\d+$/, '') : undefined;
}
