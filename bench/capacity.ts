/**
 * The needs of a stream or of many streams at a rate, by the measured figures, and the limits of the platform.
 * docs/capacity.md explains the figures.
 */
export interface Load {
  readonly streams: number;
  readonly perSecond: number;
}

/** Measured figures of an event, which `npm run bench` gives. */
export interface EventFigures {
  /** Documents that are written for an event. */
  readonly writes: number;
  /** Events that one CPU handles in a second, of each function. */
  readonly perCpuSecond: { readonly validate: number; readonly track: number };
  /** How long a delivery of each function lasts, in milliseconds, at p99. */
  readonly deliveryMs: { readonly validate: number; readonly track: number };
}

/** The limits of Google Cloud that an event can meet. docs/capacity.md has their sources. */
export const limits = {
  /** Writes of one document a second, sustained: a soft limit. */
  writesOfADocument: 1,
  /** Writes a second of documents with a growing indexed field, or with growing names, in one collection. */
  writesOfAGrowingIndex: 500,
  /** The writes a second with which Firestore expects a new collection to begin. It grows by a half each five minutes. */
  firstWrites: 500,
  rampMinutes: 5,
  rampFactor: 1.5,
  /** Requests in flight of one instance of validate and of track. */
  concurrency: { validate: 200, track: 1_000 },
  idsABlock: 256,
} as const;

export interface CapacityNeeds {
  /** The CPUs that are busy, of each function. */
  readonly cpus: { readonly validate: number; readonly track: number };
  /** Pushes in flight, of each function. */
  readonly inFlight: { readonly validate: number; readonly track: number };
  /** Writes a second of all blocks of one stream. */
  readonly writesOfAStream: number;
  /** Writes a second of the block that is filled. */
  readonly writesOfABlock: number;
  /** The minutes until Firestore's guidance allows this rate, from an empty database. */
  readonly rampMinutes: number;
}

/** Computes what a load needs. @param writesOfABlock The most writes a second of one block, counted in virtual time. */
export function needsOf(
  { streams, perSecond }: Load,
  { writes, perCpuSecond, deliveryMs }: EventFigures,
  writesOfABlock: number,
): CapacityNeeds {
  const allWrites = perSecond * writes;
  const both = <T>(of: (name: 'validate' | 'track') => T) => ({ validate: of('validate'), track: of('track') });
  return {
    cpus: both((name) => perSecond / perCpuSecond[name]),
    inFlight: both((name) => (perSecond * deliveryMs[name]) / 1_000),
    writesOfAStream: allWrites / streams,
    writesOfABlock,
    rampMinutes: rampMinutesTo(allWrites),
  };
}

/** Returns the minutes until a rate of writes is allowed by "500, then half as many more each five minutes". */
export function rampMinutesTo(writesASecond: number): number {
  const { firstWrites, rampFactor, rampMinutes } = limits;
  if (writesASecond <= firstWrites) return 0;
  return Math.ceil(Math.log(writesASecond / firstWrites) / Math.log(rampFactor)) * rampMinutes;
}
