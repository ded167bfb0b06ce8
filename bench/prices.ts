/**
 * List prices in dollars, of a single region, as Google's pages showed them on 2026-11-25. The prices of memory and of
 * Firestore are from memory of those pages. Free quotas are not subtracted.
 */
export const prices = {
  asOf: '2026-11-25',
  /** cloud.google.com/pubsub/pricing: throughput, with a kilobyte at least for each request. */
  pubSubTebibyte: 40,
  /** cloud.google.com/run/pricing: request-based billing. */
  millionRequests: 0.4,
  vcpuSecond: 0.000_024,
  gibibyteSecond: 0.000_002_5,
  /** cloud.google.com/firestore/pricing. */
  millionReads: 0.3,
  millionWrites: 0.9,
} as const;

/** The smallest size for which Pub/Sub bills a request, in bytes. */
export const minRequestBytes = 1_000;
/** The bytes that Pub/Sub adds to each message: 20, and those of its id. */
export const messageOverheadBytes = 36;
/** Cloud Run bills the time in which an instance has a request, rounded up to this, in milliseconds. */
export const billedStepMs = 100;
