import type { Code } from '../failure.ts';
import { decodeUtf8, readJson, readJsonObject, skimJsonObject, type JsonObject, type Unreadable } from '../json.ts';
import type { Attributes } from '../messages/message.ts';
import { maxDataBytes, type SizeLimits } from '../messages/size.ts';
import { contentTypeOf } from './content-type.ts';
import { membersOfForm, readForm, type FormPairs } from './form.ts';
import { gunzip, isGzip } from './gunzip.ts';

/** Which bodies a source takes. `json or form` goes by the content type; `any` is the data of a binary CloudEvent. */
export type BodyKind = 'json' | 'json or form' | 'form' | 'any';

/** A body that was read. */
export interface SourceBody {
  /** The bytes, decompressed. */
  readonly bytes: Uint8Array;
  /** The body as a JSON value; a form as an object of texts. Undefined for other bytes. */
  readonly value: unknown;
  /** Set for a JSON object. */
  readonly object: JsonObject | undefined;
  /** Set for a form. */
  readonly pairs: FormPairs | undefined;
  /** Whether the message's data is JSON text as it came. Nothing else is ever edited. */
  readonly isPlainJson: boolean;
  /** Set if the body has too many values. Then only some members of the object were read. */
  readonly excess: string | undefined;
}

/** The reason why a body, or a field, cannot be read. */
export interface Unread {
  readonly code: Code;
  readonly detail: string;
}

export function isUnread(read: object): read is Unread {
  return 'code' in read;
}

/** Returns the bytes of a body, decompressed if they are gzip. */
export function decompress(data: Uint8Array): Uint8Array | Unread {
  if (!isGzip(data)) return data;
  const bytes = gunzip(data);
  if (bytes === 'damaged') return { code: 'ERR_UNDECODABLE', detail: 'gzip: damaged' };
  if (bytes === 'too large')
    return { code: 'ERR_TOO_LARGE', detail: `data: more than ${maxDataBytes / 1_000_000} MB when decompressed` };
  return bytes;
}

/**
 * Reads a body.
 *
 * @param members Returns the names of the members that are read from a body with too many values.
 */
export function readSourceBody(
  { data, attributes }: { readonly data: Uint8Array; readonly attributes: Attributes },
  kind: BodyKind,
  limits: SizeLimits,
  members: () => readonly string[],
): SourceBody | Unread {
  const bytes = decompress(data);
  if (isUnread(bytes)) return bytes;
  const isPlain = bytes === data;
  if (kind === 'any') return readAny(bytes, limits);
  return isForm(kind, bytes, attributes) ? readFormBody(bytes) : readObject(bytes, limits, members, isPlain);
}

const openers: readonly (number | undefined)[] = [0x5b, 0x7b];

function isForm(kind: BodyKind, bytes: Uint8Array, attributes: Attributes): boolean {
  if (kind === 'form') return !openers.includes(bytes.find((byte) => byte > 0x20));
  return kind === 'json or form' && contentTypeOf(attributes) === 'application/x-www-form-urlencoded';
}

function readObject(
  bytes: Uint8Array,
  { nodes }: SizeLimits,
  members: () => readonly string[],
  isPlainJson: boolean,
): SourceBody | Unread {
  const read = readJsonObject(bytes, nodes);
  const excess = read === 'too many nodes' ? `data: more than ${nodes} values and names` : undefined;
  const object = excess === undefined ? read : (skimJsonObject(bytes, members()) ?? read);
  if (typeof object !== 'string')
    return { bytes, value: object.members, object, pairs: undefined, isPlainJson, excess };
  return excess === undefined ? unreadable(object) : { code: 'ERR_TOO_LARGE', detail: excess };
}

export function unreadable(why: Unreadable): Unread {
  return { code: why === 'not an object' ? 'ERR_INVALID_EVENT' : 'ERR_UNDECODABLE', detail: why };
}

function readFormBody(bytes: Uint8Array): SourceBody | Unread {
  const text = decodeUtf8(bytes);
  const pairs = text === undefined ? 'not a form' : readForm(text);
  if (pairs === 'too many pairs') return { code: 'ERR_TOO_LARGE', detail: 'data: too many pairs' };
  if (pairs === 'not a form') return { code: 'ERR_UNDECODABLE', detail: 'not a form, and not JSON' };
  return { bytes, value: membersOfForm(pairs), object: undefined, pairs, isPlainJson: false, excess: undefined };
}

/** Reads data of any kind: as JSON if it is JSON. */
function readAny(bytes: Uint8Array, { nodes }: SizeLimits): SourceBody {
  const read = readJsonObject(bytes, nodes);
  const object = typeof read === 'string' ? undefined : read;
  const json = read === 'not an object' ? readJson(bytes, nodes) : read;
  const value = typeof json === 'string' ? undefined : 'value' in json ? json.value : json.members;
  return { bytes, value, object, pairs: undefined, isPlainJson: false, excess: undefined };
}
