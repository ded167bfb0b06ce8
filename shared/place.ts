import { digest, type Digest } from './digest.ts';
import { blockSize } from './tracking/block.ts';

/** 0000-01-01T00:00:00Z, in milliseconds since 1970: the earliest instant of an event. */
const yearZeroMs = -62_167_219_200_000;

/**
 * Returns the place of an event in an unnumbered stream. A bucket holds the events of some milliseconds in 256 cells,
 * and the key decides which cell. Other events may have the same place.
 *
 *     place = bucket × 256 + a byte of the key's digest
 *
 * The place is below 2^53 for every year up to 9999 if a bucket has at least 10 ms.
 */
export function placeOfKey(key: string, instantMs: number, bucketMs: number): number {
  return bucketAt(instantMs, bucketMs) * blockSize + digest(key).charCodeAt(0);
}

/** Returns the place in the same bucket that belongs to another key. */
export function placeWithKey(place: number, key: Digest): number {
  return place - (place % blockSize) + key.charCodeAt(0);
}

/** Returns the bucket that holds the events of an instant, in milliseconds since 1970. */
export function bucketAt(instantMs: number, bucketMs: number): number {
  return Math.floor((instantMs - yearZeroMs) / bucketMs);
}

/** Returns the first instant of a bucket, in milliseconds since 1970. */
export function bucketStartMs(bucket: number, bucketMs: number): number {
  return yearZeroMs + bucket * bucketMs;
}
