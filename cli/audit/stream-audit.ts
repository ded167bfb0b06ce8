import { eachStream } from '../../shared/stream-pages.ts';
import { blockIndex } from '../../shared/tracking/block.ts';
import type { Stores } from '../stores.ts';
import { difference, type StreamBooks } from './books.ts';
import { countCells, locate } from './locate.ts';
import { measure } from './measure.ts';
import { ReadableBlocks } from './readable-blocks.ts';
import { listUnpublished, type Unpublished } from './unpublished.ts';

/** The findings of an audit of one stream. */
export interface StreamAudit {
  readonly stream: string;
  readonly books: StreamBooks;
  /** 0 where the books balance. */
  readonly difference: number;
  /** Reasons why the books do not balance, and states that are impossible even though they do. */
  readonly findings: readonly string[];
  /** Limits of the proof, though nothing is wrong. */
  readonly notes?: readonly string[];
}

/** The most findings that are reported of a stream. */
const maxFindings = 20;
/** The most unpublished entries that are listed, of all streams together. */
const maxUnpublished = 10_000;

export interface Audit {
  readonly streams: readonly StreamAudit[];
  readonly unpublished: readonly Unpublished[];
  /** Whether there are more than these. */
  readonly isUnpublishedCut?: boolean;
  /** Open dead letters, by code. */
  readonly openLetters: ReadonlyMap<string, number>;
}

/** Whether nothing is wrong with a stream. */
export function isInOrder({ difference, findings }: StreamAudit): boolean {
  return difference === 0 && findings.length === 0;
}

/**
 * Audits every stream, or one.
 *
 * @param isDeep Whether the entries of the blocks are counted instead of trusting their totals.
 */
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
