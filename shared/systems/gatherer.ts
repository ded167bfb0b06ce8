import { RetryableError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Ref, Sighting } from '../verification/sighting.ts';
import type { RecordReader } from './record-reader.ts';

/** How long a look-up waits for others that one request can answer with it, in milliseconds. */
const gatherMs = 20;

/** Look-ups that one request will answer. */
interface Gathering {
  readonly refs: Ref[];
  /** The latest time by which one of them must end, in milliseconds since 1970. */
  byMs: number;
  readonly sightings: Promise<readonly Sighting[]>;
  readonly start: () => void;
}

interface GathererDeps {
  readonly reader: Pick<RecordReader, 'maxBatch'>;
  readonly clock: Clock;
  /** Reads records of one kind and account. */
  readonly read: (refs: readonly Ref[], byMs: number) => Promise<readonly Sighting[]>;
}

/**
 * Gathers look-ups of different deliveries, if the system can read several records with one request:
 *
 *     look-up  a ─┐  b ─┐  c ─┐
 *                 └─────┴─────┴──► one request, 20 ms after a, or when it is full
 */
export class Gatherer {
  private readonly deps: GathererDeps;
  /** The gatherings that have room, by what their records have in common. */
  private readonly open = new Map<string, Gathering>();

  constructor(deps: GathererDeps) {
    this.deps = deps;
  }

  async add(ref: Ref, byMs: number): Promise<Sighting> {
    const most = this.deps.reader.maxBatch(ref);
    const group = JSON.stringify([ref.kind, ref.account ?? '', ref.fields, ref.former]);
    const gathering = this.open.get(group) ?? this.begin(group);
    const at = gathering.refs.push(ref) - 1;
    gathering.byMs = Math.max(gathering.byMs, byMs);
    if (gathering.refs.length >= most) gathering.start();
    const sighting = (await gathering.sightings)[at];
    if (!sighting) throw new RetryableError('the system of record left a record out');
    return sighting;
  }

  private begin(group: string): Gathering {
    const { clock, read } = this.deps;
    const refs: Ref[] = [];
    let start = (): void => undefined;
    const sightings = new Promise<readonly Sighting[]>((resolve) => {
      start = () => {
        callOff();
        this.open.delete(group);
        resolve(read(refs, gathering.byMs));
      };
    });
    const callOff = clock.schedule(gatherMs, start);
    const gathering: Gathering = { refs, byMs: 0, sightings, start };
    this.open.set(group, gathering);
    return gathering;
  }
}
