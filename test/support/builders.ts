import { defaultStreamSettings, type StreamSettings } from '../../shared/stream-settings.ts';
import { digest } from '../../shared/digest.ts';
import { voidKey } from '../../shared/identity.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { startProgress, type Piece, type Progress } from '../../shared/gaps/progress.ts';
import type { Attributes, Delivery, Message } from '../../shared/messages/message.ts';
import type { BlockStore, GapLedger, Publisher } from '../../shared/ports.ts';
import type { TopicName } from '../../shared/topology.ts';
import type { Block, Cell } from '../../shared/tracking/block.ts';
import type { Entry } from '../../shared/tracking/entry.ts';
import { encodeRouting, type RoutingAttributes } from '../../shared/messages/routing.ts';

/** 2025-02-09T12:00:00Z, in milliseconds since 1970. */
export const noon = 1_739_102_400_000;
export const minuteMs = 60_000;
export const dayMs = 86_400_000;

/** An event as a producer writes it. A member that is undefined is left out of the JSON. */
export function anEvent(members: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { event_id: 1, type: 'LeadCreated', timestamp: '2025-02-09T12:00:00', valid: true, ...members };
}

/** A sound event of type CRM_Sync with id 6. */
export function aCrmSync(members: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return anEvent({ event_id: 6, type: 'CRM_Sync', ...members });
}

/** A message of an object, of a text, or of bytes. */
export function aMessage(content: object | string | Uint8Array = anEvent(), attributes: Attributes = {}): Message {
  return { data: bytesOf(content), attributes };
}

function bytesOf(content: object | string | Uint8Array): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
}

export function aDelivery({
  content = anEvent(),
  ...delivery
}: Partial<Delivery> & { readonly content?: object | string } = {}): Delivery {
  return {
    data: bytesOf(content),
    attributes: {},
    topic: 'events',
    messageId: '1',
    publishedAtMs: noon,
    deadlineMs: Number.POSITIVE_INFINITY,
    ...delivery,
  };
}

export function textOf({ data }: Pick<Message, 'data'>): string {
  return Buffer.from(data).toString();
}

/** The entry of a clean LeadCreated of noon that is known to be published. */
export function anEntry(entry: Partial<Entry> = {}): Entry {
  return {
    state: 'clean',
    root: digest('events/1'),
    key: digest('1/1739102400000'),
    hash: digest('content'),
    supersedes: false,
    published: true,
    possibleDuplicate: false,
    recovered: false,
    replacement: 0,
    replay: 0,
    answer: 0,
    type: 'LeadCreated',
    instantMs: noon,
    entity: 0,
    ...entry,
  };
}

/** The entries of an id that two events hold, of which the second is a revision. */
export function aRevisedCell(second: Partial<Entry> = {}): Cell {
  return [anEntry(), anEntry({ key: digest('the second event'), root: digest('events/2'), ...second })];
}

/** The entry of an id that its producer declared void. */
export function aVoidEntry(): Entry {
  return anEntry({ state: 'closed', key: digest(voidKey), type: '', instantMs: undefined });
}

/** The content of cells by id: one entry, or several. */
export type Cells = Readonly<Record<number, Entry | Cell>>;

/** Makes the block that holds some ids, which must all belong to it. */
export function aBlockWith(cells: Cells): Block {
  const [block, ...more] = blocksWith(cells);
  if (!block || more.length > 0) throw new Error('the ids are not of one block');
  return block;
}

/** Makes the blocks that hold some ids, in ascending order. */
export function blocksWith(cells: Cells): Block[] {
  const blocks = new Map<number, Cell[]>();
  for (const [id, held] of Object.entries(cells)) {
    const index = Math.floor(Number(id) / 256);
    if (!blocks.has(index)) blocks.set(index, Array<Cell>(256).fill([]));
    blocks.get(index)![Number(id) % 256] = Array.isArray(held) ? (held as Cell) : [held as Entry];
  }
  return [...blocks].sort(([a], [b]) => a - b).map(([index, held]) => ({ index, cells: held }));
}

/** Gives each of some ids the same entry. */
export function cellsOf(ids: Iterable<number>, entry: Entry | Cell = anEntry()): Cells {
  return Object.fromEntries([...ids].map((id) => [id, entry]));
}

/** The ids from one to another, both included. */
export function idsFrom(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

export function aGap(gap: Partial<Gap> = {}): Gap {
  return { stream: 'orders', from: 5, to: 5, state: 'open', foundAtMs: noon, ...gap };
}

/** Settings under which every hole is taken for a loss, for tests with few events. */
export const noDoubt = { doubt: { near: 1, far: 1, pairs: 0 } } as const;

export function settingsWith(settings: Partial<StreamSettings> = {}): StreamSettings {
  return { ...defaultStreamSettings, ...settings };
}

/** The progress of a stream with one front, 1 to 9, at the sweep of noon. All holes of it are in the ledger. */
export function aProgress(progress: Partial<Progress> = {}): Progress {
  return {
    stream: 'orders',
    pieces: [aPiece()],
    forgotten: [],
    told: [],
    sweptAtMs: noon,
    hasDropped: false,
    ...progress,
  };
}

/** Numbers that the sweep of noon covered. All holes of them are in the ledger. */
export function aPiece(piece: Partial<Piece> = {}): Piece {
  return { from: 1, to: 9, sinceMs: noon - minuteMs, atMs: noon, isScanned: true, ...piece };
}

/** The pieces of a front in which holes were looked for up to `scanned`; by default in all of it. */
export function aFront({
  first,
  last,
  scanned = last,
  ...piece
}: Partial<Piece> & { readonly first: number; readonly last: number; readonly scanned?: number }): Piece[] {
  const pieces = [
    aPiece({ ...piece, from: first, to: scanned }),
    aPiece({ ...piece, from: scanned + 1, to: last, isScanned: false }),
  ];
  return pieces.filter(({ from, to }) => from <= to);
}

/** The routing attributes that validate writes for a sound event. */
export function aRouting(routing: Partial<RoutingAttributes> = {}): RoutingAttributes {
  return {
    kind: 'event',
    stream: 'orders',
    origin: 'producer',
    root: 'events/1',
    key: '1/1739102400000',
    hash: digest('content'),
    formerly: undefined,
    eventId: routing.place ?? 1,
    place: undefined,
    lastId: routing.eventId ?? routing.place ?? 1,
    type: 'LeadCreated',
    instantMs: noon,
    entity: 0,
    toBeChecked: false,
    possibleDuplicate: false,
    answer: undefined,
    isRecovered: false,
    replay: 0,
    left: undefined,
    replace: false,
    repairs: false,
    facts: { source: undefined, publishedAtMs: undefined, orderingKey: undefined },
    receivedAtMs: undefined,
    failure: undefined,
    ...routing,
  };
}

/** A message on its way from validate to track, or from track to verify. */
export function aRoutedDelivery(
  routing: Partial<RoutingAttributes> = {},
  delivery: Parameters<typeof aDelivery>[0] = {},
): Delivery {
  return aDelivery({
    topic: 'validated-events',
    ...delivery,
    attributes: { ...delivery.attributes, ...encodeRouting(aRouting(routing)) },
  });
}

/** A step of an embedded adapter that takes no time. */
export async function atOnce(): Promise<void> {
  await Promise.resolve();
}

export interface RecordedMessage extends Message {
  readonly topic: TopicName;
}

/** Records every message that is published. A test decides which publishes fail. */
export class RecordingPublisher implements Publisher {
  readonly published: RecordedMessage[] = [];
  /** Returns whether publishing a message fails. */
  fails: (topic: TopicName, message: Message) => boolean = () => false;

  async publish(topic: TopicName, message: Message): Promise<void> {
    await Promise.resolve();
    if (this.fails(topic, message)) throw new Error(`${topic} does not answer`);
    this.published.push({ topic, ...message });
  }

  on(topic: TopicName): RecordedMessage[] {
    return this.published.filter((message) => message.topic === topic);
  }
}

/** Adds cells to the blocks of a stream in a store. @param writtenAtMs When they are written, by the writer's clock. */
export async function hold(blocks: BlockStore, stream: string, cells: Cells, writtenAtMs = noon): Promise<void> {
  for (const { index, cells: added } of blocksWith(cells)) {
    const ref = { stream, index };
    const [stored] = await blocks.read([ref]);
    const merged = added.map((cell, i) => (cell.length > 0 ? cell : (stored?.block.cells[i] ?? [])));
    const block: Block = { index, cells: merged };
    const expireAtMs = writtenAtMs + 14 * dayMs;
    await blocks.write([{ ref, block, expected: stored?.version, expireAtMs, writtenAtMs }]);
  }
}

/** Files gaps as a sweep does after it finds them. */
export async function fileGaps(ledger: GapLedger, gaps: readonly Gap[]): Promise<void> {
  for (const gap of gaps) {
    const before = await ledger.progress(gap.stream);
    await ledger.saveProgress(gap.stream, before?.value ?? startProgress(gap.stream), before?.version, [gap]);
  }
}
