import type { Range } from '../gaps/range.ts';
import { eachStream } from '../stream-pages.ts';
import { spellRevisions } from '../views/spell-revisions.ts';
import { hasStream } from '../views/load.ts';
import { loadUnnumbered, type UnnumberedView } from '../views/unnumbered-view.ts';
import { blockIndex } from '../tracking/block.ts';
import type { AuditStores } from './audit-stores.ts';
import { difference, type FrontBooks } from './books.ts';
import { countCells, locate } from './locate.ts';
import { measure, type Reading } from './measure.ts';
import { ReadableBlocks } from './readable-blocks.ts';
import { listUnpublished, type Unpublished } from './unpublished.ts';

/** The findings of an audit of one stream. */
export interface StreamAudit {
  readonly stream: string;
  /** Ascending. In a stream that was never swept, all stored ids count as one front. */
  readonly fronts: readonly FrontAudit[];
  /** Whether the stream was ever swept. */
  readonly isSwept: boolean;
  /** The number of published events whose ids other events hold. */
  readonly revisions: number;
  /** The number of events in the fronts that are off the step of the stream. */
  readonly offStepEvents: number;
  /** The number of ids in no place or in two places. 0 where the books of all fronts balance. */
  readonly difference: number;
  /** Ids in no front. Nothing is concluded from them. */
  readonly outliers: readonly number[];
  /** Ids that may be forgotten. They are left out of the proof. */
  readonly forgotten: readonly Range[];
  /** Reasons why the books do not balance, and states that are impossible even though they do. */
  readonly findings: readonly string[];
  /** Limits of the proof, though nothing is wrong. */
  readonly notes?: readonly string[];
  /** Only of a stream without numbers, of which nothing can be proved. */
  readonly unnumbered?: UnnumberedView;
}

/** The books of a front. `difference` is 0 where they balance, and negative if ids are in two places. */
export type FrontAudit = FrontBooks & { readonly difference: number };

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
export async function auditAll(stores: AuditStores, only?: string, isDeep = false): Promise<Audit> {
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

/** Says what is known of a stream without numbers. No id can be missing, so nothing is proved. */
async function auditUnnumbered(stores: AuditStores, stream: string): Promise<StreamAudit | undefined> {
  const { blocks, ledger, catalog, clock } = stores;
  if (!(await hasStream(stores, stream))) return undefined;
  const isSwept = (await ledger.progress(stream))?.value.sweptAtMs !== undefined;
  const unnumbered = await loadUnnumbered(blocks, stream, catalog.stream(stream), clock.now());
  return {
    stream,
    fronts: [],
    isSwept,
    revisions: 0,
    offStepEvents: 0,
    difference: 0,
    outliers: [],
    forgotten: [],
    findings: [],
    unnumbered,
  };
}

async function auditStream(stores: AuditStores, stream: string, isDeep: boolean): Promise<StreamAudit | undefined> {
  if (stores.catalog.stream(stream).numbering === 'none') return auditUnnumbered(stores, stream);
  const reading = await measure(stores, stream);
  if (!reading) return undefined;
  const { books, isSwept, offStepEvents, outliers, forgotten, findings, notes, highest } = reading;
  const fronts = books.map((front) => ({ ...front, difference: difference(front) }));
  const counted =
    isDeep && highest !== undefined
      ? await countCells(stores.blocks, stream, { from: 0, to: blockIndex(highest) })
      : [];
  const located = await locateAll(stores, stream, reading);
  const revisions = await stores.blocks.revisions(stream);
  return {
    stream,
    fronts,
    isSwept,
    revisions,
    offStepEvents,
    difference: fronts.reduce((sum, front) => sum + Math.abs(front.difference), 0),
    outliers,
    forgotten,
    findings: [...new Set([...findings, ...counted, ...located])],
    notes: revisions > 0 ? [...notes, spellRevisions(revisions)] : notes,
  };
}

/** Finds out why the books of fronts do not balance. */
async function locateAll(
  stores: AuditStores,
  stream: string,
  { fronts, books, highest }: Reading,
): Promise<readonly string[]> {
  const findings: string[] = [];
  for (const [i, front] of fronts.entries()) {
    const book = books[i];
    if (book && difference(book) !== 0) findings.push(...(await locate(stores, stream, front, highest)));
  }
  return findings;
}

function atMost(limit: number, lines: readonly string[]): readonly string[] {
  const more = lines.length - limit;
  return more > 0 ? [...lines.slice(0, limit), `and ${more} more`] : lines;
}
