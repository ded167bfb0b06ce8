import { shortDigest } from '../digest.ts';
import { ownMember } from '../event.ts';
import { setMember } from '../json-text.ts';
import { encodeAttributes } from '../messages/attributes.ts';
import type { Attributes, Message } from '../messages/message.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import { stripInternal } from '../messages/provenance.ts';
import { incorrect, type Answer } from './answer.ts';

/** The bytes of an answer, and the attributes that say what it is. */
interface Written {
  readonly text: string;
  readonly attributes: Attributes;
}

/**
 * Writes verify's answer as a message for `mended-events`, with the root, identity, place and replay number of the
 * producer's message. A digest tells two different answers about one message apart. A verified event keeps its bytes,
 * except `valid`. A corrected event is serialised anew and lists the corrected members.
 */
export function answerMessage(message: Message, routing: RoutingAttributes, answer: Answer): Message {
  const { root, key, hash, formerly, place, replay, facts } = routing;
  const { text, attributes } = write(Buffer.from(message.data).toString(), answer);
  return {
    data: answer.says === 'refused' ? message.data : Buffer.from(text),
    attributes: {
      ...stripInternal(message.attributes),
      ...encodeAttributes<'mended-events'>({
        root,
        key,
        hash,
        formerly,
        place,
        replay,
        ...facts,
        answer: shortDigest(JSON.stringify([answer.says, attributes, text])),
      }),
      ...attributes,
    },
  };
}

function write(text: string, answer: Answer): Written {
  switch (answer.says) {
    case 'verified':
      return {
        text: setMember(text, 'valid', true),
        attributes: { origin: 'verified', verification: 'verified' },
      };
    case 'corrected':
      return {
        text: correct(text, answer.members),
        attributes: { origin: 'corrected', verification: 'corrected' },
      };
    case 'refused':
      return {
        text,
        attributes: encodeAttributes<'mended-events'>({ kind: 'refusal', ...incorrect(answer.why) }),
      };
  }
}

function correct(text: string, members: Readonly<Record<string, unknown>>): string {
  const event = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify({ ...event, ...members, valid: true, [ownMember]: { corrected: Object.keys(members) } });
}
