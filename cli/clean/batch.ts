import type { InputRecord } from '../input/input-record.ts';
import type { TakenRecord } from './taken-record.ts';
import type { PackedClaims } from './plain-claims.ts';

/** The number of events that are decided together. */
export const batchSize = 250;

/** A record of a file, and why it cannot be read as an event. */
export interface BatchRecord extends TakenRecord {
  readonly problem: string | undefined;
  /** The id of its message, if that was pulled. */
  readonly pulledAs: string | undefined;
}

/** Records that are assessed together, and then decided together. */
export interface RecordBatch {
  readonly records: readonly BatchRecord[];
  readonly bytes: number;
  /** Whether the records are messages that were pulled: they have ids, and maybe attributes of their own. */
  readonly isPulled: boolean;
  /** The claims of the plain events among them. Undefined before they are assessed. */
  claims: PackedClaims | undefined;
  /** Resolves when another thread has assessed the batch, or cannot. Undefined while none does. */
  underway: Promise<void> | undefined;
}

/** Gathers records in batches. The last one may be smaller. @param stream The stream of records that name none. */
export async function* batchesOf(
  chunks: AsyncIterable<Iterable<InputRecord>>,
  stream: string | undefined,
): AsyncGenerator<RecordBatch> {
  const attributes = stream === undefined ? {} : { stream };
  let records: BatchRecord[] = [];
  let number = 0;
  const batch = (): RecordBatch => ({
    records,
    bytes: records.reduce((sum, { message }) => sum + message.data.length, 0),
    isPulled: records.some(({ pulledAs }) => pulledAs !== undefined),
    claims: undefined,
    underway: undefined,
  });
  for await (const chunk of chunks)
    for (const { data, line, problem, messageId, orderingKey, ...of } of chunk) {
      const message = {
        data,
        attributes: of.attributes ? { ...attributes, ...of.attributes } : attributes,
        ...(orderingKey !== undefined && { orderingKey }),
      };
      number++;
      records.push({ message, messageId: messageId ?? String(number), number, line, problem, pulledAs: messageId });
      if (records.length < batchSize) continue;
      yield batch();
      records = [];
    }
  if (records.length > 0) yield batch();
}
