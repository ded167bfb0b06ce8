import type { StreamSettings, TypeDefinition } from './stream-settings.ts';

/*
 * The names that are reserved for `eventmend probe`, which sends events through a pipeline in production. Consumers
 * exclude its stream by a filter, which works because every clean message names its stream, also an inferred one.
 */

/** The stream of the probe. Nobody else may publish in it. */
export const probeStream = 'eventmend-probe';

/**
 * The attribute that names the run and the route of the probe. A message in the probe's stream without it is a mistake
 * of a producer.
 */
export const probeAttribute = 'probe';

/** The type of the probe's events. Every catalog knows it, even a strict one, and it has no system of record. */
export const probeType = 'EventmendProbe';

/** The topic whose messages fail at every delivery. */
export const poisonTopic = 'probe-poison';

/** The settings of the probe's stream, with which the next sweeps find and infer its gap. */
export const probeStreamSettings: Partial<StreamSettings> = {
  graceMs: 3_000,
  resendTimeoutMs: 3_000,
  minConfidence: 0,
  // The probe leaves out an id in each run, and few other events come. So its gaps look doubtful.
  doubt: { near: 1, far: 1, pairs: 0 },
  start: 1,
};

export const probeTypeDefinition: TypeDefinition = {};
