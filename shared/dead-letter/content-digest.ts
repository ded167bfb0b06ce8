import { createHash } from 'node:crypto';
import { digestBytes, type Digest } from '../digest.ts';
import { encodeAttributes, readAttribute } from '../messages/attributes.ts';
import { filterAttributes, type Attributes, type Message } from '../messages/message.ts';
import { isReserved } from '../messages/provenance.ts';

/**
 * Digests the content of a message: its bytes and the producer's attributes. Two letters about one message have the same
 * content, whoever wrote them.
 *
 * @param attributes The attributes of the message that can be trusted.
 * @param stream The stream of the event, if it could be read. Validate adds it as an attribute to a message without it.
 */
export function contentDigest(
  { data }: Pick<Message, 'data'>,
  attributes: Attributes,
  stream = readAttribute(attributes, 'stream'),
): Digest {
  const given = filterAttributes(attributes, (name) => !isReserved(name));
  const ours = { ...given, ...encodeAttributes<'validated-events'>({ stream }) };
  const hash = createHash('sha256').update(JSON.stringify(Object.entries(ours).sort(byName)));
  // The letter of a kept body has no data. Bodies of different replays differ.
  if (readAttribute(attributes, 'isKept') === true) hash.update(` kept ${readAttribute(attributes, 'replay') ?? 0}`);
  return hash.update('\n').update(data).digest('binary').slice(0, digestBytes);
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
