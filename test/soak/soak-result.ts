import { FirestoreCleanEventStore, type KeptEvent } from '../../shared/gcp/clean-event-store.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import type { Database } from '../../shared/gcp/clients.ts';
import { auditAll, type Audit } from '../../shared/audit/stream-audit.ts';
import type { LiveJournal } from './live-journal.ts';
import { breaches, type Breach } from '../simulation/laws.ts';
import { streamNames } from '../simulation/setting.ts';
import { loadIdsInBlocks } from '../simulation/ids-in-blocks.ts';
import type { Stores } from '../../cli/stores.ts';

/** The number of clean events, or of letters, that are read at a time. */
const readAtOnce = 200;
/** The most marks that may be lost when one instance of track ends: a third of a second's events, and of those in flight. */
const mostLostAtATime = 25;
/** The most marks that may be lost in other ways: their write fails, and no other write of the block follows. */
const mostLostAnyway = 10;
/** More letters than any soak produces. */
const allLetters = 1_000_000;

export interface SoakResult {
  /** The breaches of the simulator's laws, judged by observations from outside. */
  readonly breaches: readonly Breach[];
  /** The audit of the stores. */
  readonly audit: Audit;
}

/** Checks a pipeline that has come to rest. @param pending The number of messages that are still under way. */
export async function makeSoakResult(
  database: Database<'state'>,
  stores: Stores,
  journal: LiveJournal,
  pending: number,
): Promise<SoakResult> {
  journal.putInOrder();
  const settings = (stream: string) => stores.catalog.stream(stream);
  const filed = await filedLetters(stores);
  const kept = await keptEvents(database, journal);
  const result = {
    ...{ journal, settings, pending, filed },
    // Handlers in other processes are not visible. The producers of a soak send no messages that are too large.
    handlersUnderWay: 0,
    oversized: () => undefined,
    sink: (key: string) => kept.get(key),
    ...(await loadIdsInBlocks(stores.blocks, streamNames)),
  };
  const audit = await auditAll(stores);
  return { breaches: [...breaches(result), ...lostMarks(journal, audit)], audit };
}

/** A law of soaks only. It replaces the simulator's law on second publishes, since a soak cannot see which instance published. */
export const marksLaw =
  'published events are marked as published, but for those that an instance of track lost when it ended';

/** Reports lost marks beyond the bound. An ending instance loses the marks of its deliveries and of its last second of publishes. */
export function lostMarks(
  { counts }: Pick<LiveJournal, 'counts'>,
  { unpublished }: Pick<Audit, 'unpublished'>,
): readonly Breach[] {
  const most = mostLostAnyway + mostLostAtATime * (counts.get('ends of track') ?? 0);
  if (unpublished.length <= most) return [];
  return [{ law: marksLaw, what: `${unpublished.length} events are not known to be published; ${most} may be` }];
}

/** Reads the content of the sink under each key that was cleaned. */
async function keptEvents(
  database: Database<'state'>,
  { published }: LiveJournal,
): Promise<ReadonlyMap<string, KeptEvent>> {
  const sink = new FirestoreCleanEventStore(database);
  const keys = new Set(published.flatMap(({ message: { attributes } }) => attributes.idempotency_key ?? []));
  return findAll([...keys], (key) => sink.find(key));
}

/** Reads all filed letters, by root. */
async function filedLetters({ letters }: Stores): Promise<ReadonlyMap<string, DeadLetter>> {
  const heads = await letters.list(allLetters);
  const records = await findAll(
    heads.map(({ id }) => id),
    async (id) => (await letters.find(id))?.value,
  );
  return new Map([...records.values()].map((letter) => [letter.root, letter]));
}

/** Looks up names, {@link readAtOnce} at a time. Removes them from the list. */
async function findAll<T>(names: string[], find: (name: string) => Promise<T | undefined>): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  while (names.length > 0) {
    const reads = names.splice(0, readAtOnce).map(async (name) => {
      const value = await find(name);
      if (value) found.set(name, value);
    });
    await Promise.all(reads);
  }
  return found;
}
