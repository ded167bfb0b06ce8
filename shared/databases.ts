/*
 * Eventmend has two databases of Firestore, because its roles are granted by database. validate reads hostile input. It
 * keeps messages that are too large to pass on, and has no right on the blocks.
 */

/**
 * The collections of each database, with the collections below their documents. No commit spans two databases.
 *
 * - `state`: what is known of streams, their ids and gaps; the clean events and the anomalies.
 * - `letters`: dead letters and kept messages; the jobs and the audit trail of operators.
 */
export const collections = {
  state: {
    streams: ['blocks', 'buckets', 'gaps', 'keys', 'pages', 'reconciliations'],
    'clean-events': ['chunks'],
    anomalies: [],
  },
  letters: {
    'dead-letters': ['chunks'],
    'kept-messages': ['chunks'],
    reasons: [],
    jobs: ['parts'],
    audit: [],
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export type DatabaseName = keyof typeof collections;

/** The path of a collection of a database, such as `streams/orders/blocks`. */
export type CollectionPath<Name extends DatabaseName> = PathsOf<(typeof collections)[Name]>;

type PathsOf<Roots extends Readonly<Record<string, readonly string[]>>> = {
  [Root in keyof Roots & string]: Root | `${Root}/${string}/${Roots[Root][number]}`;
}[keyof Roots & string];
