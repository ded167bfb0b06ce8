import type { BulkWriter, DocumentReference } from '@google-cloud/firestore';
import { RetryableError } from '../errors.ts';
import type { Clock, UuidKeys } from '../ports.ts';
import type { Calls } from './calls.ts';
import type { Database } from './clients.ts';
import { expiry, present } from './document.ts';
import { isTaken } from './status.ts';
import { lifetimeUntilOldMs } from '../tracking/lifetimes.ts';

export interface UuidKeysDeps {
  readonly database: Database<'state'>;
  readonly clock: Clock;
  /** Returns the deduplication window of a stream, in milliseconds: how long a uuid is held. */
  readonly windowMs: (stream: string) => number;
}

/** The stream, the uuid, the id that claims it, and the timestamp of the event. */
type KeyClaim = Parameters<UuidKeys['claim']>;

/**
 * Stores in Firestore which id holds which uuid: `streams/{stream}/keys/{uuid}`. Claims of one turn share a request.
 */
export class FirestoreUuidKeys implements UuidKeys {
  private readonly deps: UuidKeysDeps;
  /** Gathers the claims of the current turn of the event loop. */
  private writer: BulkWriter | undefined;

  constructor(deps: UuidKeysDeps) {
    this.deps = deps;
  }

  /** Returns the keys for one delivery. Its calls end by a deadline, in milliseconds since 1970. */
  until(deadlineMs: number): UuidKeys {
    const calls = this.deps.database.calls.until(deadlineMs);
    return {
      claim: (...claim) => this.claimBy(calls, claim),
      holder: (stream, uuid) => this.holderBy(calls, stream, uuid),
    };
  }

  claim(...claim: KeyClaim): Promise<number> {
    return this.claimBy(this.deps.database.calls, claim);
  }

  holder(stream: string, uuid: string): Promise<number | undefined> {
    return this.holderBy(this.deps.database.calls, stream, uuid);
  }

  private async claimBy(calls: Calls, claim: KeyClaim): Promise<number> {
    const [stream, uuid, eventId] = claim;
    const isCreated = await calls.run('claiming a uuid', () => this.create(claim));
    if (isCreated) return eventId;
    const holder = await this.holderBy(calls, stream, uuid);
    if (holder === undefined) throw new RetryableError('a uuid expired while it was claimed');
    return holder;
  }

  private async holderBy(calls: Calls, stream: string, uuid: string): Promise<number | undefined> {
    const snapshot = await calls.run('reading a uuid', () => this.document(stream, uuid).get());
    const holder: unknown = snapshot.get('eventId');
    return typeof holder === 'number' ? holder : undefined;
  }

  private async create([stream, uuid, eventId, instantMs]: KeyClaim): Promise<boolean> {
    const nowMs = this.deps.clock.now();
    const lifetimeMs = lifetimeUntilOldMs(instantMs ?? nowMs, this.deps.windowMs(stream), nowMs);
    const fields = { eventId, expireAt: expiry(nowMs + lifetimeMs) };
    try {
      await this.gather().create(this.document(stream, uuid), present(fields));
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
  }

  private gather(): BulkWriter {
    if (this.writer) return this.writer;
    const writer = this.deps.database.firestore.bulkWriter({ throttling: false });
    writer.onWriteError(() => false);
    this.writer = writer;
    setImmediate(() => {
      this.writer = undefined;
      void writer.close();
    });
    return writer;
  }

  private document(stream: string, uuid: string): DocumentReference {
    // `.` and `..` are valid uuids, but Firestore does not allow them as names. No uuid contains `=`.
    const id = /^\.{1,2}$/.test(uuid) ? `=${uuid}` : uuid;
    return this.deps.database.collection(`streams/${stream}/keys`).doc(id);
  }
}
