/** The health of a stream after a sweep, for monitoring. */
export interface StreamHealth {
  readonly stream: string;
  readonly highWater: number;
  readonly watermark: number;
  /** The high-water mark minus the watermark: the number of ids that may not be accounted for. */
  readonly lag: number;
  /** How long ago a sweep found the next id above the watermark, in seconds. 0 if the watermark is at the high-water mark. */
  readonly lagSeconds: number;
  /** The number of outliers that were none at the sweep before: ids far from all others. */
  readonly newOutliers: number;
  readonly unresolvedGaps: number;
  /** The age of the oldest of them. */
  readonly oldestGapSeconds: number;
  /** The number of gaps that looked like numbers with holes when they should have been inferred at this sweep. */
  readonly doubtfulGaps: number;
}

/** How far the comparison of a stream with a list of a system of record has come, for monitoring. */
export interface ComparisonHealth {
  readonly stream: string;
  /** The name of the list. */
  readonly list: string;
  /** By how much the time up to which everything was compared is behind that which the list can show, in seconds. */
  readonly lateSeconds: number;
}
