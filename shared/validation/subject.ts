import type { Catalog } from '../catalog-definition.ts';
import { readableEventId, readableType } from '../event.ts';
import type { Message } from '../messages/message.ts';
import { readFacts } from '../messages/routing.ts';
import { sizeLimits } from '../messages/size.ts';
import { trustedTopic } from '../messages/provenance.ts';
import { isUnread } from '../sources/body.ts';
import { readMessage, type ReadEvent } from '../sources/read-message.ts';
import { eventsName } from '../sources/source.ts';

/** The subject of a message, as far as it could be read. */
interface MessageSubject {
  readonly stream?: string | undefined;
  readonly type?: string | undefined;
  readonly eventId?: number | undefined;
}

/** Returns the type of an event, also of one that fails. Undefined if it cannot be read. */
export function typeOf({ body, fields }: ReadEvent): string | undefined {
  return fields ? fields.type : body.object && readableType(body.object);
}

function idOf({ body, fields }: ReadEvent): number | undefined {
  return fields ? fields.eventId : body.object && readableEventId(body.object);
}

/** Returns what a message that nobody has validated is about. Nothing if it holds several events. */
export function messageSubject(message: Message, catalog: Catalog): MessageSubject {
  const { source: from, orderingKey, publishedAtMs = 0 } = readFacts(message.attributes);
  const source = catalog.sources.find(from?.name ?? eventsName);
  if (!source) return {};
  const given = { ...message, orderingKey, publishedAtMs, position: from?.position };
  const rules = { limits: sizeLimits(trustedTopic), requiredIn: () => ({ eventId: false, uuid: false }) };
  const [first, second] = readMessage(source, given, rules);
  if (!first || second) return {};
  const { stream: named, content } = first;
  const stream = isUnread(named) ? undefined : named.stream;
  if (isUnread(content)) return { stream };
  const isNumbered = stream !== undefined && catalog.stream(stream).numbering !== 'none';
  return { stream, type: typeOf(content), eventId: isNumbered ? idOf(content) : undefined };
}
