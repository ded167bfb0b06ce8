import type { Firestore } from '@google-cloud/firestore';
import type { Digest } from '../../shared/digest.ts';
import type { Database } from '../../shared/gcp/clients.ts';

/** An event of one hot stream. */
export interface StateEvent {
  readonly id: number;
  readonly root: string;
  /** The digest of its content, which a message has among its attributes. */
  readonly hash: Digest;
}

/** A way to remember which events were handled, in one writer. */
export interface StateWriter {
  /** Resolves when it is stored that the event was handled. @throws Error if the event was handled before. */
  readonly handle: (event: StateEvent) => Promise<void>;
  /** Waits until all is stored. */
  readonly flush: () => Promise<void>;
  /** The documents that this writer has read and written. */
  readonly operations: () => number;
}

/** The database that a writer has for itself. */
export interface BenchDatabase {
  readonly state: Database<'state'>;
  /** For the sides whose documents are not among Eventmend's collections. */
  readonly firestore: Firestore;
}

/** Makes a writer. @param run The name of the run: each run has a stream of its own. */
export type MakeStateWriter = (database: BenchDatabase, run: string) => StateWriter;

/** The sides of the comparison. */
export type StateSideName = 'ours' | 'transaction' | 'create' | 'put and complete' | 'powertools';
