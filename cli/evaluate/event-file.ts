import type { Catalog } from '../../shared/catalog-definition.ts';
import { makeEmbeddedStores } from '../../shared/embedded/ports.ts';
import type { BlockStore, StoredBlock } from '../../shared/ports.ts';
import { applyClaims } from '../../shared/tracking/apply-claims.ts';
import { blockIndex, type Block } from '../../shared/tracking/block.ts';
import { topicOfSource } from '../../shared/sources/source-topic.ts';
import { eventsName } from '../../shared/sources/source.ts';
import { assess, type Assessment } from '../../shared/validation/assess.ts';
import { decodeRouting } from '../../shared/messages/routing.ts';
import { claimsOf } from '../../shared/tracking/claim.ts';
import type { InputRecord } from '../input/input-record.ts';

/** The events of a file, as the pipeline remembers them. */
export interface HistoryFile {
  readonly blocks: BlockStore;
  /** Records that the pipeline would not have published: dead letters and duplicates. */
  readonly skipped: number;
}

export interface ReadJob {
  readonly events: AsyncIterable<InputRecord>;
  /** The stream of the blocks. */
  readonly stream: string;
  /** The name of the source that the events are read by. If it has several streams, the first event's is read. */
  readonly source: string;
  readonly catalog: Catalog;
  /** Called after each record with how many there were. */
  readonly onRecord: (count: number) => void;
}

/** Reads the events of a file into blocks by the rules of the pipeline. An event takes 51 bytes. */
export async function readEventFile(job: ReadJob): Promise<HistoryFile> {
  const { blocks } = makeEmbeddedStores(() => Promise.resolve());
  const open = new OpenBlock(blocks, job.stream);
  let [count, skipped] = [0, 0];
  for await (const record of job.events) {
    for (const assessed of assessmentsOf(record, job)) if (!(await take(assessed, open))) skipped++;
    job.onRecord(++count);
  }
  await open.close();
  return { blocks, skipped };
}

/** Assesses the events of a record. One that cannot be read as text is undefined. */
function assessmentsOf(
  { data, line, problem, attributes = {} }: InputRecord,
  { stream, source, catalog }: ReadJob,
): Iterable<Assessment | undefined> {
  if (problem !== undefined) return [undefined];
  const message = {
    topic: topicOfSource(source),
    messageId: String(line),
    publishedAtMs: 0,
    data,
    attributes: source === eventsName ? { stream } : attributes,
  };
  return assess({ ...message, deadlineMs: Number.POSITIVE_INFINITY }, catalog, 0).events;
}

/** Adds an event to its block. @returns Whether the pipeline would publish the event, or send it to `verify`. */
async function take(assessed: Assessment | undefined, open: OpenBlock): Promise<boolean> {
  if (assessed?.topic !== 'validated-events') return false;
  const routing = decodeRouting(assessed.message.attributes);
  if (!open.isOf(routing.stream)) return false;
  const block = await open.at(blockIndex(routing.eventId));
  const applied = applyClaims(block, claimsOf(routing));
  open.change(applied.block);
  return applied.verdicts.every(({ act }) => act === 'publish' || act === 'verify');
}

/** The block that is being filled. It is written when another block is needed. */
class OpenBlock {
  private readonly blocks: BlockStore;
  private readonly stream: string;
  private stored: StoredBlock | undefined;
  private block: Block | undefined;
  private firstStream: string | undefined;

  constructor(blocks: BlockStore, stream: string) {
    this.blocks = blocks;
    this.stream = stream;
  }

  /** Whether a stream is that of the first event. */
  isOf(stream: string): boolean {
    this.firstStream ??= stream;
    return stream === this.firstStream;
  }

  async at(index: number): Promise<Block> {
    if (this.block?.index === index) return this.block;
    await this.close();
    const [stored] = await this.blocks.read([{ stream: this.stream, index }]);
    if (!stored) throw new Error(`block ${index} was not answered`);
    this.stored = stored;
    this.block = stored.block;
    return stored.block;
  }

  change(block: Block): void {
    this.block = block;
  }

  async close(): Promise<void> {
    const { block, stored, stream } = this;
    if (!block || !stored || block === stored.block) return;
    const ref = { stream, index: block.index };
    await this.blocks.write([
      { ref, block, expected: stored.version, expireAtMs: Number.POSITIVE_INFINITY, writtenAtMs: 0 },
    ]);
  }
}
