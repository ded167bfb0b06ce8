/** The maximum number of bytes of messages that a worker handles at the same time. */
const maxBytesInFlight = 64_000_000;

/** The size of the largest message, with room for its attributes, in bytes. A subscription must be able to take it. */
const maxMessageBytes = 12_000_000;

/** The streams of a subscription. One stream of Pub/Sub brings at most some 10 MB a second. */
const streamsEach = 5;

/**
 * The maximum number of streams of a worker. They share an HTTP/2 connection with the acks, and a connection of Google
 * has at most 100 calls at a time.
 */
const maxStreams = 60;

/** Returns the share of each subscription in the bytes that a worker handles. @param count The number of subscriptions. */
export function maxBytesOf(count: number): number {
  return Math.max(maxMessageBytes, Math.floor(maxBytesInFlight / count));
}

/** Returns the number of streams of each subscription. @param count The number of subscriptions. */
export function maxStreamsOf(count: number): number {
  return Math.max(1, Math.min(streamsEach, Math.floor(maxStreams / count)));
}
