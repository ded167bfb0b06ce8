import { producersAttributes } from '../dead-letter/replay.ts';
import { decodeUtf8 } from '../json.ts';
import { filterAttributes, type Attributes, type Message } from '../messages/message.ts';
import { isReserved } from '../messages/provenance.ts';
import { patchText } from './patch-text.ts';

/** An operator's edit of a message: of its body by a patch or as a whole, and of its attributes. */
export interface Edit {
  /** The JSON text of a JSON Patch (RFC 6902). */
  readonly patch?: string | undefined;
  readonly body?: Uint8Array | undefined;
  readonly attributes?:
    { readonly set?: Attributes | undefined; readonly drop?: readonly string[] | undefined } | undefined;
}

export type EditedMessage = { readonly message: Message } | { readonly problem: string };

/** The limits of Pub/Sub. */
const maxNameBytes = 256;
const maxValueBytes = 1_024;

/** Applies an edit. The attributes of the result are those that a producer may set. */
export function editMessage(
  { data, attributes }: Message,
  { patch, body, attributes: changes = {} }: Edit,
): EditedMessage {
  if (patch !== undefined && body !== undefined) return { problem: 'give a patch or a body, not both' };
  const { set = {}, drop = [] } = changes;
  const problem = Object.entries(set).map(problemOfAttribute).find(Boolean);
  if (problem !== undefined) return { problem };
  const edited = patch === undefined ? { data: body ?? data } : patchBytes(data, patch);
  if ('problem' in edited) return edited;
  const kept = filterAttributes(producersAttributes(attributes), (name) => !drop.includes(name));
  return { message: { data: edited.data, attributes: { ...kept, ...set } } };
}

function patchBytes(data: Uint8Array, patch: string): { readonly data: Uint8Array } | { readonly problem: string } {
  const text = decodeUtf8(data);
  if (text === undefined) return { problem: 'the body is not UTF-8: send the whole body' };
  const patched = patchText(text, patch);
  return 'problem' in patched ? patched : { data: Buffer.from(patched.text) };
}

function problemOfAttribute([name, value]: readonly [string, string]): string | undefined {
  if (isReserved(name)) return `attribute ${name}: only Eventmend sets it`;
  const isNamed = name !== '' && !name.startsWith('goog') && Buffer.byteLength(name) <= maxNameBytes;
  if (!isNamed) return `attribute ${name.slice(0, maxNameBytes)}: not a name that Pub/Sub takes`;
  return Buffer.byteLength(value) > maxValueBytes ? `attribute ${name}: more than ${maxValueBytes} bytes` : undefined;
}
