/**
 * The maximum number of bytes of bodies in an instance. A body takes some six times its size while it is handled: its
 * bytes, its text, the base64 in it, the message, the event, and the published message. So this takes 600 MB of the 1
 * GiB that terraform/functions.tf gives each function. test/deployment compares the two numbers.
 */
export const maxBodyBytesInFlight = 100_000_000;

/**
 * The maximum size of a body that Pub/Sub pushes: 14.9 MB. A message has at most 10 MiB of data, which base64 makes 4/3
 * as long. It has at most 100 attributes with names of 256 bytes and values of 1,024 bytes, each of which JSON writes
 * as at most six bytes (`\u0001`) (https://cloud.google.com/pubsub/quotas#resource_limits). The rest is for the
 * envelope.
 */
export const maxPushBytes = Math.ceil((10 * 1_048_576 * 4) / 3) + 100 * (256 + 1_024) * 6 + 100_000;

/** The maximum time for a body to arrive, in milliseconds. It holds its share of the budget during that time. */
export const maxBodyMs = 20_000;
