import { eventIdSchema, streamSchema } from '../../shared/event.ts';
import { catalogOption, chooseCatalog } from '../catalog-file/chosen-catalog.ts';
import { makeCommand, UsageError, write, type Arguments, type Io } from '../command.ts';
import { connectionOf } from '../connection.ts';
import { checkKnownStream } from '../known-stream.ts';
import type { OptionDeclarations } from '../options.ts';
import { parseIso8601 } from '../../shared/timestamps/iso8601.ts';
import { withStores, type KeyedStores } from '../stores.ts';
import { loadFacts } from '../../shared/views/story/facts.ts';
import { describeId } from '../../shared/views/story/story.ts';
import { idValue, uuidValue } from '../../shared/views/story/story-value.ts';
import { loadUuidFacts } from '../../shared/views/story/uuid-facts.ts';
import { describeUuid } from '../../shared/views/story/uuid-story.ts';
import { summaries } from '../summaries.ts';

const options = {
  at: {
    kind: 'text',
    value: 'TIME',
    help: 'in a stream without numbers: the timestamp of the event, by which its entry is found',
  },
  catalog: catalogOption,
  json: { kind: 'flag', help: 'print one JSON object, and nothing else' },
} as const satisfies OptionDeclarations;

export const trace = makeCommand({
  name: 'trace',
  summary: summaries.trace,
  positionals: ['STREAM', 'ID'],
  options,
  notes: [
    'Reads the Firestore emulator at FIRESTORE_EMULATOR_HOST, or else Firestore of the project GOOGLE_CLOUD_PROJECT.',
    'Exit code 0: success. 1: there is no such stream, or an error. 2: wrong arguments.',
  ],
  run: runTrace,
});

async function runTrace(args: Arguments<typeof options, ['STREAM', 'ID']>, io: Io): Promise<number> {
  const [stream, id] = args.positionals;
  if (!streamSchema.safeParse(stream).success) throw new UsageError('STREAM is not a valid name of a stream');
  const connection = connectionOf(io, 'FIRESTORE_EMULATOR_HOST');
  const catalog = await chooseCatalog(args.values.catalog, io);
  const { at, json: isJson } = args.values;
  const load = catalog.stream(stream).numbering === 'none' ? uuidStory(stream, id, at) : idStory(stream, id, at);
  const { lines, value } = await withStores(connection, catalog, async (stores) => {
    const told = await load(stores);
    // A stream can have letters although no event of it was ever accepted.
    if (!told.hasLetters) await checkKnownStream(stores, stream);
    return told;
  });
  await write(io.stdout, isJson ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`);
  return 0;
}

/** The output of the command: lines, or a value in JSON. */
interface Printed {
  readonly lines: readonly string[];
  readonly value: object;
  readonly hasLetters: boolean;
}
type LoadStory = (stores: KeyedStores) => Promise<Printed>;

function idStory(stream: string, id: string, at: string | undefined): LoadStory {
  const eventId = eventIdSchema.safeParse(/^\d+$/.test(id) ? Number(id) : undefined);
  if (!eventId.success)
    throw new UsageError(
      'ID must be a whole number from 0 to 2^53 − 1; a uuid only if the stream has no numbers in the catalog (--catalog)',
    );
  if (at !== undefined) throw new UsageError(`--at is for a stream without numbers, and ${stream} has numbers`);
  return async (stores) => {
    const facts = await loadFacts(stores, stream, eventId.data);
    return { lines: describeId(facts), value: idValue(facts), hasLetters: facts.letters.length > 0 };
  };
}

function uuidStory(stream: string, uuid: string, at: string | undefined): LoadStory {
  const instant = at === undefined ? undefined : parseIso8601(at);
  if (at !== undefined && !instant)
    throw new UsageError('--at must be a time of ISO 8601, such as 2026-07-01T12:00:00Z');
  return async (stores) => {
    const facts = await loadUuidFacts(stores, stream, uuid, instant?.ms);
    return { lines: describeUuid(facts), value: uuidValue(facts), hasLetters: facts.letters.length > 0 };
  };
}
