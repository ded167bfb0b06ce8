import type { Attributes } from '../messages/message.ts';

/** Returns the media type that a message names in its attribute `content-type`, in lower case and without parameters. */
export function contentTypeOf(attributes: Attributes): string {
  const name = Object.keys(attributes).find((each) => each.toLowerCase() === 'content-type');
  const [type = ''] = (name === undefined ? '' : (attributes[name] ?? '')).split(';');
  return type.trim().toLowerCase();
}
