import { shortDigest } from '../digest.ts';
import { ownMember } from '../event.ts';
import { setMember } from '../json-text.ts';
import { encodeAttributes } from '../messages/attributes.ts';
import type { Attributes, Message } from '../messages/message.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import { stripInternal } from '../messages/provenance.ts';
import { incorrect, type Answer, type Correction } from './answer.ts';
import { JsonPlaces } from './json-places.ts';

/**
 * Writes verify's answer as a message for `mended-events`, with the root, identity, place and replay number of the
 * producer's message. A digest tells two different answers about one message apart. A verified event keeps its bytes,
 * except `valid`. In a corrected event only the corrected values change, and it lists them. An event that is unverified
 * or refused keeps its bytes, and so does one whose text may not be edited.
 *
 * @param isEditable Whether the text may be edited. A correction is possible only then.
 */
export function answerMessage(
  message: Message,
  routing: RoutingAttributes,
  answer: Answer,
  isEditable: boolean,
): Message {
  const { root, key, hash, formerly, place, replay, facts, receivedAtMs } = routing;
  const data = isEditable ? bodyOf(message, answer) : message.data;
  const said = saying(answer);
  const digest = shortDigest(JSON.stringify([answer.says, said, Buffer.from(data).toString()]));
  return {
    data,
    attributes: {
      ...stripInternal(message.attributes),
      ...encodeAttributes<'mended-events'>({
        ...{ root, key, hash, formerly, place, replay, ...facts, receivedAtMs },
        answer: digest,
      }),
      ...said,
    },
  };
}

function bodyOf({ data }: Message, answer: Answer): Uint8Array {
  const text = Buffer.from(data).toString();
  switch (answer.says) {
    case 'verified':
      return Buffer.from(setMember(text, 'valid', true));
    case 'corrected':
      return Buffer.from(correct(text, answer.corrections));
    case 'unverified':
    case 'refused':
      return data;
  }
}

function saying(answer: Answer): Attributes {
  if (answer.says === 'refused')
    return encodeAttributes<'mended-events'>({ kind: 'refusal', ...incorrect(answer.why) });
  return encodeAttributes<'mended-events'>({ origin: answer.says, verification: answer.says });
}

/** Edits the corrected values in the text of an event, and lists them in it. */
function correct(text: string, corrections: readonly Correction[]): string {
  const edited = corrections.reduce(
    (before, { at, after }) => new JsonPlaces(before).withValue(at, after) ?? before,
    text,
  );
  const listed = corrections.map(
    ({ at, before, after }) =>
      `{"at":${JSON.stringify(at)}${before === undefined ? '' : `,"before":${before}`},"after":${after}}`,
  );
  const valid = setMember(edited, 'valid', true);
  return new JsonPlaces(valid).withValue(`/${ownMember}`, `{"corrections":[${listed.join()}]}`) ?? valid;
}
