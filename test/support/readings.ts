import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { isUnread, type Unread } from '../../shared/sources/body.ts';
import type { Instant } from '../../shared/instant.ts';
import type { EventFields } from '../../shared/sources/read-fields.ts';
import { readMessage, type SourceMessage } from '../../shared/sources/read-message.ts';
import type { SourceDefinition } from '../../shared/sources/source.ts';
import { aMessage, noon } from './builders.ts';

/** The name of the source in these tests. */
export const sourceName = 'shop';

/** The items that a source reads from a message, one item for each event. */
export interface ReadResult {
  readonly stream: string | Unread;
  readonly position: number | undefined;
  readonly data: string;
  readonly attributes: Attributes;
  /** The fields, or the reason why they cannot be read. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly problems?: readonly string[];
  readonly unread?: Unread;
}

/** Reads a message of a source. By default the message is one event that Pub/Sub received at noon. */
export function read(
  definition: SourceDefinition,
  content: object | string | Uint8Array,
  message: Partial<Pick<SourceMessage, 'attributes' | 'orderingKey' | 'publishedAtMs' | 'position'>> = {},
  catalog: CatalogDefinition = {},
  needsId = false,
): readonly ReadResult[] {
  const { sources } = makeCatalog({ ...catalog, sources: { [sourceName]: definition } });
  const { data, attributes } = aMessage(content, message.attributes);
  const given = { data, attributes, orderingKey: undefined, publishedAtMs: noon, position: undefined, ...message };
  const rules = {
    limits: { dataBytes: 9_000_000, nodes: 200_000 },
    requiredIn: () => ({ eventId: needsId, uuid: false }),
  };
  return [...readMessage(sources.find(sourceName)!, given, rules)].map((reading) => ({
    stream: isUnread(reading.stream) ? reading.stream : reading.stream.stream,
    position: reading.position,
    data: Buffer.from(reading.message.data).toString(),
    attributes: reading.message.attributes,
    ...(isUnread(reading.content)
      ? { unread: reading.content }
      : { members: membersOf(reading.content.fields!), problems: reading.content.fields!.problems }),
  }));
}

/** Reads the only event of a message. */
export function readOnly(...given: Parameters<typeof read>): ReadResult {
  const results = read(...given);
  if (results.length !== 1) throw new Error(`the message holds ${results.length} events`);
  return results[0]!;
}

/** The fields that have a value, by the names of the default format. */
function membersOf({ eventId, type, instant, uuidKey, valid, data }: EventFields) {
  const members = { event_id: eventId, type, timestamp: instant && spellExactly(instant), uuid: uuidKey, valid, data };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function spellExactly({ ms, exact }: Instant): string {
  return `${new Date(ms).toISOString().slice(0, -1)}${exact.split('.')[1] ?? ''}Z`;
}
