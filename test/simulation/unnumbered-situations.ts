/** Rare situations of streams without numbers that the runs must reach. */
export const unnumberedSituations = [
  'a copy comes after events of the next bucket',
  'two buckets in one write',
  'an entry on a page of a bucket',
  'a copy of an event on a page',
  'a changed copy of an event on a page',
  'a changed copy without an id',
  'a copy with another timestamp',
  'an event days after its timestamp',
  'an event before its timestamp',
  'an event older than the window while history is loaded',
  'an event that may be forgotten, without an id',
] as const;
export type UnnumberedSituation = (typeof unnumberedSituations)[number];
