import type { StreamSettings, TypeDefinition } from './stream-settings.ts';

/*
 * What is reserved for `eventmend probe`, which sends events through a pipeline that is in use. Subscriptions of consumers leave out
 * its stream: every clean message names its stream, those that Eventmend infers too.
 */

/** The stream in which the probe publishes, and nobody else. */
export const probeStream = 'eventmend-probe';

/** The attribute that names the probe's run and route: without it, a message in its stream is a producer's mistake. */
export const probeAttribute = 'probe';

/** The type of the probe's events: known to every catalog, be it strict, and not of any system of record. */
export const probeType = 'EventmendProbe';

/** The topic whose messages are refused however often they come. */
export const poisonTopic = 'probe-poison';

/** Whatever the catalog says of other streams, the probe's gap is found and inferred by the next sweeps. */
export const probeStreamSettings: Partial<StreamSettings> = {
  graceMs: 3_000,
  resendTimeoutMs: 3_000,
  minConfidence: 0,
  start: 1,
};

export const probeTypeDefinition: TypeDefinition = {};
