/**
 * The most bytes of bodies that an instance holds at the same time. A body costs some six times its size while it is handled: its
 * bytes, its text, the base64 in it, the message, the event, and what is published. So this takes 600 MB of the 1 GiB that
 * terraform/functions.tf gives each function; test/deployment holds the two against each other.
 */
export const maxBodyBytesInFlight = 100_000_000;

/**
 * The longest body that Pub/Sub pushes, in bytes: 14.9 MB. A message holds at most 10 MiB of data, of which base64 makes 4/3, and 100
 * attributes with names of 256 and values of 1,024 bytes, of which JSON writes each as at most six (`\u0001`)
 * (https://cloud.google.com/pubsub/quotas#resource_limits). The rest is for what surrounds them.
 */
export const maxPushBytes = Math.ceil((10 * 1_048_576 * 4) / 3) + 100 * (256 + 1_024) * 6 + 100_000;

/** How long a body may take to come, in milliseconds: it holds its share of the budget meanwhile. */
export const maxBodyMs = 20_000;
