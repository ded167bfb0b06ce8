import { pathOf } from '../json-pointer.ts';
import { text } from '../setting-kinds.ts';
import type { Attributes } from '../messages/message.ts';
import { producerAttribute } from '../messages/producer-attributes.ts';

/**
 * A place in a message, as a catalog spells it: a JSON Pointer (RFC 6901) into the body, `attribute:NAME`, or
 * `ordering-key`.
 */
export type FieldPlace = string;

/** The part of a message that places lead into. */
export interface Contents {
  /** The body as a JSON value. A form is an object of texts. Undefined if the body is neither. */
  readonly body: unknown;
  readonly attributes: Attributes;
  readonly orderingKey: string | undefined;
}

const attributePrefix = 'attribute:';
const orderingKey = 'ordering-key';
const pointer = /^(?:\/(?:[^~/]|~[01])*)+$/;
const form = /^(?:(?:\/(?:[^~/]|~[01])*)+|attribute:.+|ordering-key)$/;

export const placeSchema = text(form, 'a JSON Pointer such as /data/id, attribute:NAME, or ordering-key');

/** Whether a place is a JSON Pointer. */
export function isPointer(place: FieldPlace): boolean {
  return pointer.test(place);
}

/** Returns the name of the attribute at a place. Undefined for another place. */
export function attributeOf(place: FieldPlace): string | undefined {
  return place.startsWith(attributePrefix) ? place.slice(attributePrefix.length) : undefined;
}

/** Returns the value at a place. Undefined if there is none. */
export function valueAt(place: FieldPlace, { body, attributes, orderingKey: key }: Contents): unknown {
  if (place === orderingKey) return key === '' ? undefined : key;
  if (place.startsWith(attributePrefix)) return producerAttribute(attributes, place.slice(attributePrefix.length));
  return valueIn(body, pathOf(place));
}

/** Returns the value at a path in a JSON value. Undefined if there is none. */
export function valueIn(value: unknown, path: readonly string[]): unknown {
  let here = value;
  for (const name of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Record<string, unknown>)[name];
  }
  return here;
}
