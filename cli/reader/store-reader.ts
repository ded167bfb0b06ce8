import { eventIdSchema } from '../../shared/event.ts';
import { eachStream } from '../../shared/stream-pages.ts';
import { parseIso8601 } from '../../shared/timestamps/iso8601.ts';
import { loadAdvised } from '../../shared/views/load-advised.ts';
import { loadLedger } from '../../shared/views/load-ledger.ts';
import { loadReconciliations } from '../../shared/views/reconciliation-view.ts';
import { loadFacts } from '../../shared/views/story/facts.ts';
import { idValue, uuidValue } from '../../shared/views/story/story-value.ts';
import { describeId } from '../../shared/views/story/story.ts';
import { loadUuidFacts } from '../../shared/views/story/uuid-facts.ts';
import { describeUuid } from '../../shared/views/story/uuid-story.ts';
import { UsageError } from '../command.ts';
import { checkKnownStream } from '../known-stream.ts';
import type { KeyedStores } from '../stores.ts';
import type { PipelineReader, ToldStory } from './pipeline-reader.ts';

/** Makes a reader of the stores of a pipeline. */
export function storeReader(stores: KeyedStores): PipelineReader {
  return {
    nowMs: () => stores.clock.now(),
    streams: () => eachStream(stores.blocks),
    checkKnown: (stream) => checkKnownStream(stores, stream),
    advised: (stream) => loadAdvised(stores, stream),
    ledger: (stream, query) => loadLedger(stores, stream, query),
    reconciliations: () => loadReconciliations(stores),
    story: async (stream, id, at) => {
      const isUnnumbered = stores.catalog.stream(stream).numbering === 'none';
      const told = await (isUnnumbered ? uuidStory(stores, stream, id, at) : idStory(stores, stream, id, at));
      // A stream can have letters although no event of it was ever accepted.
      if (!told.hasLetters) await checkKnownStream(stores, stream);
      return told;
    },
  };
}

type FoundStory = ToldStory & { readonly hasLetters: boolean };

async function idStory(stores: KeyedStores, stream: string, id: string, at: string | undefined): Promise<FoundStory> {
  const eventId = eventIdSchema.safeParse(/^\d+$/.test(id) ? Number(id) : undefined);
  if (!eventId.success)
    throw new UsageError(
      'ID must be a whole number from 0 to 2^53 − 1; a uuid only if the stream has no numbers in the catalog (--catalog)',
    );
  if (at !== undefined) throw new UsageError(`--at is for a stream without numbers, and ${stream} has numbers`);
  const facts = await loadFacts(stores, stream, eventId.data);
  return { lines: describeId(facts), value: idValue(facts), hasLetters: facts.letters.length > 0 };
}

async function uuidStory(
  stores: KeyedStores,
  stream: string,
  uuid: string,
  at: string | undefined,
): Promise<FoundStory> {
  const instant = at === undefined ? undefined : parseIso8601(at);
  if (at !== undefined && !instant)
    throw new UsageError('--at must be a time of ISO 8601, such as 2026-07-01T12:00:00Z');
  const facts = await loadUuidFacts(stores, stream, uuid, instant?.ms);
  return { lines: describeUuid(facts), value: uuidValue(facts), hasLetters: facts.letters.length > 0 };
}
