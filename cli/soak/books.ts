import { FirestoreCleanEventStore, type KeptEvent } from '../../shared/gcp/clean-event-store.ts';
import type { Database } from '../../shared/gcp/clients.ts';
import { auditAll, type Audit } from '../audit.ts';
import type { LiveJournal } from './live-journal.ts';
import { breaches, type Breach } from '../simulate/laws.ts';
import type { Stores } from '../stores.ts';

/** How many clean events are read at a time. */
const readAtOnce = 200;
/** The most marks that an instance of track takes with it: a third of what is in flight, and of a second's events. */
const mostLostAtATime = 25;
/** The most marks that are lost besides: their write fails, and none follows. */
const mostLostAnyway = 10;
/** More letters than a soak makes. */
const allLetters = 1_000_000;

export interface Books {
  /** What the laws of the simulator say, of what was seen from outside. */
  readonly breaches: readonly Breach[];
  /** What the stores say of themselves. */
  readonly audit: Audit;
}

/** Closes the books of a pipeline that has come to rest. @param pending What is known to be still underway. */
export async function closeBooks(
  database: Database,
  stores: Stores,
  journal: LiveJournal,
  pending: number,
): Promise<Books> {
  journal.putInOrder();
  const settings = (stream: string) => stores.catalog.stream(stream);
  const letters = await stores.letters.list(allLetters);
  const filed = new Map(letters.map((letter) => [letter.root, letter]));
  const kept = await keptEvents(database, journal);
  const ended = { journal, settings, pending, filed, kept: (key: string) => kept.get(key) };
  const audit = await auditAll(stores);
  return { breaches: [...breaches(ended), ...lostMarks(journal, audit)], audit };
}

/** What is held to, besides the laws of the simulator: that cannot tell here which copies were published knowingly. */
export const marksLaw = 'what is published is known to be, but for what an instance of track took with it';

/** An instance that ends takes the marks with it of what it is about, and of what it published within a second. */
export function lostMarks(
  { counts }: Pick<LiveJournal, 'counts'>,
  { unpublished }: Pick<Audit, 'unpublished'>,
): readonly Breach[] {
  const most = mostLostAnyway + mostLostAtATime * (counts.get('ends of track') ?? 0);
  if (unpublished.length <= most) return [];
  return [{ law: marksLaw, what: `${unpublished.length} events are not known to be published; ${most} may be` }];
}

/** What the sink holds under each key that was cleaned. */
async function keptEvents(database: Database, { published }: LiveJournal): Promise<ReadonlyMap<string, KeptEvent>> {
  const sink = new FirestoreCleanEventStore(database);
  const keys = new Set(published.flatMap(({ message: { attributes } }) => attributes.idempotency_key ?? []));
  const left = [...keys];
  const kept = new Map<string, KeptEvent>();
  while (left.length > 0) {
    const read = left.splice(0, readAtOnce).map(async (key) => {
      const found = await sink.find(key);
      if (found) kept.set(key, found);
    });
    await Promise.all(read);
  }
  return kept;
}
