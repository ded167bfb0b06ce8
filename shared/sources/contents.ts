import type { Attributes } from '../messages/message.ts';
import { pathOf } from '../json-pointer.ts';
import type { SourceBody } from './body.ts';
import { contentTypeOf } from './content-type.ts';
import type { Format } from './format.ts';
import { isPointer, valueIn, type Contents, type FieldPlace } from './place.ts';
import { sliceAt } from './split.ts';

/** The contents of a message, with its numbers as they are spelt. */
export interface EventContents extends Contents {
  /** The path of the event in the body. Undefined if its fields are attributes. */
  readonly base: readonly string[] | undefined;
  /** Returns the text of a number of the body. A plain parse may have changed its value. */
  readonly spell: (place: FieldPlace, value: number) => string;
}

/** The prefix of the attributes of a CloudEvent of the binary mode. */
const cloudEventPrefix = 'ce-';

/** Whether a message is a CloudEvent of the binary mode, whose fields are attributes. */
export function isBinaryCloudEvent(attributes: Attributes): boolean {
  return Object.keys(attributes).some((name) => name.toLowerCase() === `${cloudEventPrefix}specversion`);
}

/** Returns what the places of a format lead into. */
export function contentsOf(
  attributes: Attributes,
  orderingKey: string | undefined,
  body: SourceBody,
  format: Format,
): EventContents {
  const isBinary = format.isCloudEvents && isBinaryCloudEvent(attributes);
  const path = pathInto(body.value, format);
  return {
    body: isBinary ? cloudEventMembers(attributes, body.value) : valueIn(body.value, path),
    base: isBinary ? undefined : path,
    attributes,
    orderingKey,
    spell: (place, value) =>
      body.object?.mayRound === true && !body.object.isPlain && !isBinary && isPointer(place)
        ? sliceAt(body.object.text, [...path, ...pathOf(place)])
        : String(value),
  };
}

/** Returns the path of the event in a body. The body itself is the event if it has no object there. */
function pathInto(body: unknown, { under }: Format): readonly string[] {
  if (under === undefined) return [];
  const path = pathOf(under);
  const inside = valueIn(body, path);
  return typeof inside === 'object' && inside !== null ? path : [];
}

/** Reports a message that is no CloudEvent although its source promises one. */
export function missingSpecVersion({ isCloudEvents }: Format, { body, attributes }: EventContents): readonly string[] {
  if (!isCloudEvents || contentTypeOf(attributes).startsWith('application/cloudevents')) return [];
  return typeof valueIn(body, ['specversion']) === 'string'
    ? []
    : ['specversion: missing: no CloudEvent of the structured or binary mode'];
}

/** Returns the members that a CloudEvent of the binary mode would have in the structured mode. */
export function cloudEventMembers(attributes: Attributes, data: unknown): Readonly<Record<string, unknown>> {
  const members = Object.entries(attributes)
    .map(([name, text]) => [name.toLowerCase(), text] as const)
    .filter(([name]) => name.startsWith(cloudEventPrefix))
    .map(([name, text]) => [name.slice(cloudEventPrefix.length), text] as const);
  return Object.fromEntries([...members, ['data', data]]);
}
