import { eventIdSchema, streamSchema } from '../../shared/event.ts';
import { catalogOption, chooseCatalog } from '../catalog-file/chosen-catalog.ts';
import { makeCommand, UsageError, write, type Arguments, type Io } from '../command.ts';
import { connectionOf } from '../connection.ts';
import type { OptionDeclarations } from '../options.ts';
import { withStores } from '../stores.ts';
import { loadFacts, type Facts } from '../trace/facts.ts';
import { entryFacts, describeId } from '../trace/story.ts';

const options = {
  catalog: catalogOption,
  json: { kind: 'flag', help: 'print one JSON object, and nothing else' },
} as const satisfies OptionDeclarations;

export const trace = makeCommand({
  name: 'trace',
  summary: 'show what is known of one id: its front, its entries, its gaps and its dead letters',
  positionals: ['STREAM', 'ID'],
  options,
  notes: [
    'Reads the Firestore emulator at FIRESTORE_EMULATOR_HOST, or else Firestore of the project GOOGLE_CLOUD_PROJECT.',
    'Exit code 0: success. 1: an error. 2: wrong arguments.',
  ],
  run: runTrace,
});

async function runTrace(args: Arguments<typeof options, ['STREAM', 'ID']>, io: Io): Promise<number> {
  const [stream, id] = args.positionals;
  if (!streamSchema.safeParse(stream).success) throw new UsageError('STREAM is not a valid name of a stream');
  const eventId = eventIdSchema.safeParse(/^\d+$/.test(id) ? Number(id) : undefined);
  if (!eventId.success) throw new UsageError('ID must be a whole number from 0 to 2^53 − 1');
  const connection = connectionOf(io, 'FIRESTORE_EMULATOR_HOST');
  const catalog = await chooseCatalog(args.values.catalog, io);
  const facts = await withStores(connection, catalog, (stores) => loadFacts(stores, stream, eventId.data));
  await write(io.stdout, args.values.json ? `${json(facts)}\n` : `${describeId(facts).join('\n')}\n`);
  return 0;
}

function json(facts: Facts): string {
  const { cell, sweptAtMs, expireAtMs, ...rest } = facts;
  return JSON.stringify({
    ...rest,
    sweptAt: timeOf(sweptAtMs),
    rememberedUntil: timeOf(expireAtMs),
    entries: cell.map((entry) => entryFacts(facts, entry)),
  });
}

function timeOf(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : new Date(atMs).toISOString();
}
