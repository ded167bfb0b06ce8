import { loadStreamNames } from '../functions/console/load.ts';
import { difference, type Books } from './audit/books.ts';
import { locate } from './audit/locate.ts';
import { measure } from './audit/measure.ts';
import { drawAudit } from './audit/report.ts';
import { listUnpublished, type Unpublished } from './audit/unpublished.ts';
import { UsageError, write, type Arguments, type Command, type Io } from './command.ts';
import { connectionOf, streamIn } from './connection.ts';
import { withStores, type Stores } from './stores.ts';

export const audit: Command = {
  summary: 'prove that every id is accounted for, from what the blocks and the ledger hold',
  usage: [
    'eventmend audit [options]',
    '',
    '  --stream NAME   of one stream only',
    '  --json          print one JSON object, and nothing else',
    '',
    'Reads the Firestore emulator at FIRESTORE_EMULATOR_HOST, or else of the project GOOGLE_CLOUD_PROJECT.',
    'Exit code 0: the books of every stream balance. 1: those of one do not, or an error. 2: wrong arguments.',
  ],
  options: { stream: { type: 'string' }, json: { type: 'boolean' } },
  run: runAudit,
};

/** What was found of one stream. */
export interface StreamAudit {
  readonly stream: string;
  readonly books: Books;
  /** 0 where the books balance. */
  readonly difference: number;
  /** What makes them not balance. */
  readonly findings: readonly string[];
}

export interface Audit {
  readonly streams: readonly StreamAudit[];
  readonly unpublished: readonly Unpublished[];
  /** Open dead letters, by code. */
  readonly openLetters: ReadonlyMap<string, number>;
}

async function runAudit(args: Arguments, io: Io): Promise<number> {
  if (args.positionals.length > 0) throw new UsageError(`audit takes no arguments\n\n${audit.usage.join('\n')}`);
  const stream = streamIn(args);
  const found = await withStores(connectionOf(io, 'FIRESTORE_EMULATOR_HOST'), (stores) => auditAll(stores, stream));
  await write(io.stdout, args.values.json === true ? json(found) : drawAudit(found, io.stdout.isTTY === true));
  return found.streams.every((one) => one.difference === 0) ? 0 : 1;
}

/** Audits every stream, or one. */
export async function auditAll(stores: Stores, only?: string): Promise<Audit> {
  const streams: StreamAudit[] = [];
  const unpublished: Unpublished[] = [];
  for (const stream of only === undefined ? await loadStreamNames(stores) : [only]) {
    const books = await measure(stores, stream);
    if (!books) continue;
    const off = difference(books);
    streams.push({ stream, books, difference: off, findings: off === 0 ? [] : await locate(stores, stream, books) });
    unpublished.push(...(await listUnpublished(stores, stream)));
  }
  return { streams, unpublished, openLetters: await stores.letters.openByCode() };
}

function json({ streams, unpublished, openLetters }: Audit): string {
  const flat = streams.map(({ books, ...rest }) => ({ ...rest, ...books }));
  return `${JSON.stringify({ streams: flat, unpublished, openLetters: Object.fromEntries(openLetters) })}\n`;
}
