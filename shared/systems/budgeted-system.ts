import { RetryableError } from '../errors.ts';
import type { SystemOfRecord } from '../ports.ts';
import type { Ref, Sighting } from '../verification/sighting.ts';
import type { RecordReader } from './record-reader.ts';
import { Requests, type RequestDeps } from './requests.ts';
import { nameOfLookUp, SightingCache } from './sighting-cache.ts';

/** The time that a delivery needs after its look-ups, to publish the answer. */
const afterMs = 15_000;

/** The maximum time of a look-up without a deadline. */
const maxLookMs = 600_000;

export interface LookUpDeps extends RequestDeps {
  readonly reader: RecordReader;
}

interface InFlight {
  readonly sightings: Promise<Sighting>;
  /** When the look-up began. The request is made then or later. */
  readonly sinceMs: number;
}

/**
 * A system of record behind a budget. Equal look-ups that are in flight are joined, and records are kept for a short time.
 * Neither answers about an event that is later than the look-up.
 */
export class BudgetedSystem {
  private readonly deps: LookUpDeps;
  private readonly requests: Requests;
  private readonly cache: SightingCache;
  private readonly inFlight = new Map<string, InFlight>();

  constructor(deps: LookUpDeps) {
    this.deps = deps;
    this.requests = new Requests(deps);
    this.cache = new SightingCache(deps.clock);
  }

  /** Returns the system for one delivery. Its calls end some time before the deadline of the delivery. */
  until(deadlineMs: number): SystemOfRecord {
    const latestMs = this.deps.clock.now() + maxLookMs;
    return { look: (refs) => this.look(refs, Math.min(deadlineMs - afterMs, latestMs)) };
  }

  private async look(refs: readonly Ref[], byMs: number): Promise<readonly Sighting[]> {
    const found = new Map<Ref, Promise<Sighting>>();
    const missing: Ref[] = [];
    for (const ref of refs) {
      const kept = this.cache.find(ref);
      const known = kept ? Promise.resolve(kept) : this.joined(ref, byMs);
      if (known) found.set(ref, known);
      else missing.push(ref);
    }
    for (const batch of this.batchesOf(missing)) this.begin(batch, byMs, found);
    return Promise.all(refs.map((ref) => found.get(ref) ?? Promise.reject(new RetryableError('not looked up'))));
  }

  /** Joins a look-up in flight. @returns Undefined if there is none that can answer. */
  private joined(ref: Ref, byMs: number): Promise<Sighting> | undefined {
    const flight = this.inFlight.get(nameOfLookUp(ref));
    return flight && flight.sinceMs >= ref.eventMs ? this.endingBy(byMs, flight.sightings) : undefined;
  }

  private begin(batch: readonly Ref[], byMs: number, found: Map<Ref, Promise<Sighting>>): void {
    const sinceMs = this.deps.clock.now();
    const read = this.read(batch, byMs);
    for (const [i, ref] of batch.entries()) {
      const name = nameOfLookUp(ref);
      const sightings = read.then((all) => {
        const sighting = all[i];
        if (!sighting) throw new RetryableError('the system of record left a record out');
        this.cache.keep(ref, sighting);
        return sighting;
      });
      const flight: InFlight = { sightings, sinceMs };
      this.inFlight.set(name, flight);
      const end = (): void => {
        if (this.inFlight.get(name) === flight) this.inFlight.delete(name);
      };
      sightings.then(end, end);
      found.set(ref, sightings);
    }
  }

  /** Reads records of one kind and account. */
  private read(refs: readonly Ref[], byMs: number): Promise<readonly Sighting[]> {
    const { reader, clock } = this.deps;
    return this.requests.run(refs[0]?.kind ?? '', byMs, async (signal) => {
      const fetchedAtMs = clock.now();
      const records = await reader.read(refs, signal);
      return records.map((record) => ({ ...record, fetchedAtMs }));
    });
  }

  /** Groups references by kind and account, as many in a group as one request can read. */
  private batchesOf(refs: readonly Ref[]): readonly (readonly Ref[])[] {
    const batches: Ref[][] = [];
    const open = new Map<string, Ref[]>();
    for (const ref of refs) {
      const group = JSON.stringify([ref.kind, ref.account ?? '', ref.fields]);
      const batch = open.get(group);
      if (batch && batch.length < this.deps.reader.maxBatch(ref)) batch.push(ref);
      else {
        const fresh = [ref];
        open.set(group, fresh);
        batches.push(fresh);
      }
    }
    return batches;
  }

  private endingBy<T>(byMs: number, work: Promise<T>): Promise<T> {
    const { clock } = this.deps;
    return new Promise((resolve, reject) => {
      const callOff = clock.schedule(byMs - clock.now(), () => {
        reject(new RetryableError('the joined look-up did not end in time'));
      });
      void work.then(resolve, reject).finally(callOff);
    });
  }
}
