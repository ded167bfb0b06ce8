import type { Catalog } from '../catalog-definition.ts';
import type { Message } from '../messages/message.ts';
import { readFacts } from '../messages/routing.ts';
import { sizeLimits } from '../messages/size.ts';
import { trustedTopic } from '../messages/provenance.ts';
import { isUnread } from '../sources/body.ts';
import { readMessage } from '../sources/read-message.ts';
import { eventsName } from '../sources/source.ts';

/** Returns the stream of a message. Undefined if it cannot be read, or if the message holds several events. */
export function streamOfMessage(message: Message, { sources }: Catalog): string | undefined {
  const { source: from, orderingKey, publishedAtMs = 0 } = readFacts(message.attributes);
  const source = sources.find(from?.name ?? eventsName);
  if (!source) return undefined;
  const given = { ...message, orderingKey, publishedAtMs, position: from?.position };
  const rules = { limits: sizeLimits(trustedTopic), requiredIn: () => ({ eventId: false, uuid: false }) };
  const [first, second] = readMessage(source, given, rules);
  return !first || second || isUnread(first.stream) ? undefined : first.stream.stream;
}
