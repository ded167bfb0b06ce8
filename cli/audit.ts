import { eachStream } from '../shared/stream-pages.ts';
import { blockIndex } from '../shared/tracking/block.ts';
import { difference, type Books } from './audit/books.ts';
import { countCells, locate } from './audit/locate.ts';
import { measure } from './audit/measure.ts';
import { ReadableBlocks } from './audit/readable-blocks.ts';
import { drawAudit } from './audit/report.ts';
import { listUnpublished, type Unpublished } from './audit/unpublished.ts';
import { makeCommand, write, type Arguments, type Io } from './command.ts';
import { checkStream, connectionOf, onlyStreamOption } from './connection.ts';
import type { OptionDeclarations } from './options.ts';
import { withStores, type Stores } from './stores.ts';

const options = {
  stream: onlyStreamOption,
  deep: { kind: 'flag', help: 'count the entries of every block, rather than believe its totals' },
  json: { kind: 'flag', help: 'print one JSON object, and nothing else' },
} as const satisfies OptionDeclarations;

export const audit = makeCommand({
  name: 'audit',
  summary: 'prove that every id is accounted for, from what the blocks and the ledger hold',
  positionals: [],
  options,
  notes: [
    'Reads the Firestore emulator at FIRESTORE_EMULATOR_HOST, or else of the project GOOGLE_CLOUD_PROJECT.',
    'Exit code 0: the books of every stream are in order. 1: those of one are not, there is no such stream, or an error. 2: wrong arguments.',
  ],
  run: runAudit,
});

/** What was found of one stream. */
export interface StreamAudit {
  readonly stream: string;
  readonly books: Books;
  /** 0 where the books balance. */
  readonly difference: number;
  /** What makes them not balance, and what cannot be though they do. */
  readonly findings: readonly string[];
  /** What is not wrong, and limits what is proved. */
  readonly notes?: readonly string[];
}

/** The most that is told of a stream. */
const maxFindings = 20;
/** The most entries that are told of all streams together. */
const maxUnpublished = 10_000;

export interface Audit {
  readonly streams: readonly StreamAudit[];
  readonly unpublished: readonly Unpublished[];
  /** Whether there are more than these. */
  readonly isUnpublishedCut?: boolean;
  /** Open dead letters, by code. */
  readonly openLetters: ReadonlyMap<string, number>;
}

async function runAudit({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const { stream, deep: isDeep } = values;
  if (stream !== undefined) checkStream(stream);
  const look = (stores: Stores) => auditAll(stores, stream, isDeep);
  const found = await withStores(connectionOf(io, 'FIRESTORE_EMULATOR_HOST'), look);
  if (stream !== undefined && found.streams.length === 0) {
    await write(io.stderr, `there is no stream ${stream}\n`);
    return 1;
  }
  await write(io.stdout, values.json ? json(found) : drawAudit(found, io.stdout.isTTY === true));
  return found.streams.every(isInOrder) ? 0 : 1;
}

/** Whether nothing is wrong with a stream. */
export function isInOrder({ difference, findings }: StreamAudit): boolean {
  return difference === 0 && findings.length === 0;
}

/** Audits every stream, or one. @param isDeep Whether the totals of the blocks are counted, rather than believed. */
export async function auditAll(stores: Stores, only?: string, isDeep = false): Promise<Audit> {
  const streams: StreamAudit[] = [];
  const unpublished: Unpublished[] = [];
  let isUnpublishedCut = false;
  for await (const stream of only === undefined ? eachStream(stores.blocks) : [only]) {
    const { ledger, letters, catalog, clock } = stores;
    const blocks = new ReadableBlocks(stores.blocks);
    const readable = { blocks, ledger, letters, catalog, clock };
    const found = await auditStream(readable, stream, isDeep);
    if (!found) continue;
    const { entries, isCut } = await listUnpublished(readable, stream);
    unpublished.push(...entries.slice(0, maxUnpublished - unpublished.length));
    isUnpublishedCut ||= isCut || blocks.unreadable.length > 0 || unpublished.length === maxUnpublished;
    streams.push({ ...found, findings: atMost(maxFindings, [...blocks.unreadable, ...found.findings]) });
  }
  return { streams, unpublished, isUnpublishedCut, openLetters: await stores.letters.openByCode() };
}

async function auditStream(stores: Stores, stream: string, isDeep: boolean): Promise<StreamAudit | undefined> {
  const reading = await measure(stores, stream);
  if (!reading) return undefined;
  const { books, findings, notes } = reading;
  const off = difference(books);
  const counted = isDeep ? await countCells(stores.blocks, stream, { from: 0, to: blockIndex(books.to) }) : [];
  const located = off === 0 ? [] : await locate(stores, stream, books);
  return { stream, books, difference: off, findings: [...new Set([...findings, ...counted, ...located])], notes };
}

function atMost(limit: number, lines: readonly string[]): readonly string[] {
  const more = lines.length - limit;
  return more > 0 ? [...lines.slice(0, limit), `and ${more} more`] : lines;
}

function json({ streams, openLetters, ...rest }: Audit): string {
  const flat = streams.map(({ books, ...found }) => ({ ...found, ...books }));
  return `${JSON.stringify({ streams: flat, ...rest, openLetters: Object.fromEntries(openLetters) })}\n`;
}
