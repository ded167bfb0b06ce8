import { eventIdSchema, streamSchema } from '../shared/event.ts';
import { UsageError, write, type Arguments, type Command, type Io } from './command.ts';
import { connectionOf } from './connection.ts';
import { withStores } from './stores.ts';
import { loadFacts, type Facts } from './trace/facts.ts';
import { entryFacts, story } from './trace/story.ts';

export const trace: Command = {
  summary: 'tell the story of one id: what it holds, the ledger, the letters',
  usage: [
    'eventmend trace STREAM ID [--json]',
    '',
    '  --json   print one JSON object, and nothing else',
    '',
    'Reads the Firestore emulator at FIRESTORE_EMULATOR_HOST, or else of the project GOOGLE_CLOUD_PROJECT.',
    'Exit code 0; 1: an error. 2: wrong arguments.',
  ],
  options: { json: { type: 'boolean' } },
  run: runTrace,
};

async function runTrace(args: Arguments, io: Io): Promise<number> {
  const [stream, id, ...more] = args.positionals;
  if (stream === undefined || id === undefined || more.length > 0)
    throw new UsageError(`trace takes a STREAM and an ID\n\n${trace.usage.join('\n')}`);
  if (!streamSchema.safeParse(stream).success) throw new UsageError('STREAM is no name of a stream');
  const eventId = eventIdSchema.safeParse(/^\d+$/.test(id) ? Number(id) : undefined);
  if (!eventId.success) throw new UsageError('ID is a whole number from 0 to 2^53 − 1');
  const connection = connectionOf(io, 'FIRESTORE_EMULATOR_HOST');
  const facts = await withStores(connection, (stores) => loadFacts(stores, stream, eventId.data));
  await write(io.stdout, args.values.json === true ? `${json(facts)}\n` : `${story(facts).join('\n')}\n`);
  return 0;
}

function json(facts: Facts): string {
  const { cell, progress, expireAtMs, ...rest } = facts;
  return JSON.stringify({
    ...rest,
    rememberedUntil: expireAtMs === undefined ? undefined : new Date(expireAtMs).toISOString(),
    progress: progress && {
      first: progress.first,
      watermark: progress.watermark,
      scanned: progress.scanned,
      floor: progress.floor,
    },
    entries: cell.map((entry) => entryFacts(facts, entry)),
  });
}
