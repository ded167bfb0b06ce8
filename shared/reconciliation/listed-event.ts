import type { Catalog } from '../catalog-definition.ts';
import { digest, type Digest } from '../digest.ts';
import { uuidOf } from '../identity.ts';
import { encodeAttributes } from '../messages/attributes.ts';
import type { Message } from '../messages/message.ts';
import { methodOfRecovery, trustedTopic } from '../messages/provenance.ts';
import { decodeRouting, type RoutingAttributes } from '../messages/routing.ts';
import { publishTime } from '../sources/fields.ts';
import { eventsName, type Source } from '../sources/source.ts';
import { assess } from '../validation/assess.ts';
import { listMessageOf } from './list-message.ts';
import type { StreamList } from './list-settings.ts';

/** An item of a list, read as the event that its message would have brought. */
export interface ListedEvent {
  readonly key: string;
  /** The digests under which the event may be held: of its key, and of that under other rules of identity. */
  readonly digests: readonly Digest[];
  readonly place: number;
  readonly instantMs: number;
  /** The message for `mended-events`. */
  readonly message: Message;
}

/**
 * Reads an item by the fields of the stream's source, exactly as validate reads a message.
 *
 * @returns Undefined if key, time or stream cannot be read, so that the item cannot be compared.
 */
export function readListed(item: string, list: StreamList, catalog: Catalog, nowMs: number): ListedEvent | undefined {
  const source = sourceOf(list, catalog);
  const written = listMessageOf[list.system](item);
  if (!source || !written) return undefined;
  const message: Message = {
    data: Buffer.from(written.data),
    attributes: {
      'content-type': written.contentType,
      ...encodeAttributes<'mended-events'>({
        source: { name: source.name, position: source.split === undefined ? undefined : 0 },
        origin: 'recovered',
        method: methodOfRecovery,
        possibleDuplicate: true,
        publishedAtMs: hasOnlyTimeOfReceipt(list, catalog) ? written.happenedAtMs : undefined,
      }),
    },
  };
  const routing = routingOf(message, catalog, nowMs);
  if (routing?.place === undefined || routing.instantMs === undefined) return undefined;
  const { key, place, instantMs, stream, formerly } = routing;
  if (stream !== list.stream || uuidOf(key) === undefined) return undefined;
  const rooted = { root: `${methodOfRecovery}/${list.system}/${key}` };
  return {
    key,
    digests: [key, ...(formerly ? [formerly.key] : [])].map(digest),
    place,
    instantMs,
    message: { ...message, attributes: { ...message.attributes, ...encodeAttributes<'mended-events'>(rooted) } },
  };
}

/** Whether the time of a message is when Pub/Sub received it, so that the place of an event cannot be told. */
export function hasOnlyTimeOfReceipt(list: StreamList, catalog: Catalog): boolean {
  return sourceOf(list, catalog)?.format.fields.timestamp.includes(publishTime) === true;
}

function sourceOf({ stream }: StreamList, { sources }: Catalog): Source | undefined {
  return sources.writersOf(stream).find(({ name }) => name !== eventsName);
}

function routingOf({ data, attributes }: Message, catalog: Catalog, nowMs: number): RoutingAttributes | undefined {
  const delivery = { topic: trustedTopic, messageId: '', data, attributes, publishedAtMs: nowMs, deadlineMs: nowMs };
  const [first] = [...assess(delivery, catalog, nowMs).events];
  return first?.topic === 'validated-events' ? decodeRouting(first.message.attributes) : undefined;
}
