import { ownMember } from '../event.ts';
import { setMember } from '../json-text.ts';
import { encodeAttributes } from '../messages/attributes.ts';
import type { Attributes, Message } from '../messages/message.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import { stripInternal } from '../messages/provenance.ts';
import { incorrect, type Answer } from './answer.ts';

/**
 * Writes verify's answer as a message for `mended-events`, with the root, identity, place and replay number of the
 * producer's message. A
 * verified event keeps its bytes, except `valid`. A corrected event is serialised anew and lists the corrected members.
 */
export function answerMessage(message: Message, routing: RoutingAttributes, answer: Answer): Message {
  const text = Buffer.from(message.data).toString();
  const { root, key, hash, formerly, place, replay } = routing;
  const attributes: Attributes = {
    ...stripInternal(message.attributes),
    ...encodeAttributes<'mended-events'>({ root, key, hash, formerly, place, replay }),
  };
  switch (answer.says) {
    case 'verified':
      return {
        data: Buffer.from(setMember(text, 'valid', true)),
        attributes: { ...attributes, origin: 'verified', verification: 'verified' },
      };
    case 'corrected':
      return {
        data: Buffer.from(correct(text, answer.members)),
        attributes: { ...attributes, origin: 'corrected', verification: 'corrected' },
      };
    case 'refused':
      return {
        data: message.data,
        attributes: {
          ...attributes,
          ...encodeAttributes<'mended-events'>({ kind: 'refusal', ...incorrect(answer.why) }),
        },
      };
  }
}

function correct(text: string, members: Readonly<Record<string, unknown>>): string {
  const event = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify({ ...event, ...members, valid: true, [ownMember]: { corrected: Object.keys(members) } });
}
