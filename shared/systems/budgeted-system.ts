import { RetryableError } from '../errors.ts';
import type { SystemOfRecord } from '../ports.ts';
import type { Ref, Sighting } from '../verification/sighting.ts';
import { Gatherer } from './gatherer.ts';
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
  readonly sighting: Promise<Sighting>;
  /** When the look-up began. The request is made then or later. */
  readonly sinceMs: number;
}

/**
 * A system of record behind a budget. Equal look-ups that are in flight are joined, different ones share a request if the
 * system allows that, and records are kept for a short time.
 * Neither answers about an event that is later than the look-up.
 */
export class BudgetedSystem {
  private readonly deps: LookUpDeps;
  private readonly requests: Requests;
  private readonly cache: SightingCache;
  private readonly gatherer: Gatherer;
  private readonly inFlight = new Map<string, InFlight>();

  constructor(deps: LookUpDeps) {
    this.deps = deps;
    this.requests = new Requests(deps);
    this.cache = new SightingCache(deps.clock);
    this.gatherer = new Gatherer({ ...deps, read: (refs, byMs) => this.read(refs, byMs) });
  }

  /** Returns the system for one delivery. Its calls end some time before the deadline of the delivery. */
  until(deadlineMs: number): SystemOfRecord {
    const latestMs = this.deps.clock.now() + maxLookMs;
    return { look: (refs) => this.look(refs, Math.min(deadlineMs - afterMs, latestMs)) };
  }

  private async look(refs: readonly Ref[], byMs: number): Promise<readonly Sighting[]> {
    return Promise.all(refs.map((ref) => this.lookOne(ref, byMs)));
  }

  private lookOne(ref: Ref, byMs: number): Promise<Sighting> {
    const kept = this.cache.find(ref);
    if (kept) return Promise.resolve(kept);
    return this.endingBy(byMs, this.joined(ref) ?? this.begin(ref, byMs));
  }

  /** Joins a look-up in flight. @returns Undefined if there is none that can answer. */
  private joined(ref: Ref): Promise<Sighting> | undefined {
    const flight = this.inFlight.get(nameOfLookUp(ref));
    return flight && flight.sinceMs >= ref.eventMs ? flight.sighting : undefined;
  }

  private begin(ref: Ref, byMs: number): Promise<Sighting> {
    const name = nameOfLookUp(ref);
    const sighting = this.gatherer.add(ref, byMs);
    const flight: InFlight = { sighting, sinceMs: this.deps.clock.now() };
    this.inFlight.set(name, flight);
    const end = (): void => {
      if (this.inFlight.get(name) === flight) this.inFlight.delete(name);
    };
    sighting.then((seen) => {
      this.cache.keep(ref, seen);
      end();
    }, end);
    return sighting;
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

  private endingBy<T>(byMs: number, work: Promise<T>): Promise<T> {
    const { clock } = this.deps;
    return new Promise((resolve, reject) => {
      const callOff = clock.schedule(byMs - clock.now(), () => {
        reject(new RetryableError('the look-up did not end in time'));
      });
      void work.then(resolve, reject).finally(callOff);
    });
  }
}
