import { kindOf, type Read } from './misfit.ts';

/** The maximum length of the type of an event, in characters. */
const maxLength = 128;

/** Reads the type of an event. */
export function readType(value: unknown): Read<string> {
  const found = typeof value === 'string' ? flawOf(value) : kindOf(value);
  if (found === undefined) return { value: value as string };
  return { misfit: { found, accepted: `a text of at most ${maxLength} characters that is not blank` } };
}

function flawOf(text: string): string | undefined {
  if (text.length > maxLength) return `a text of more than ${maxLength} characters`;
  if (!/\S/.test(text)) return text === '' ? 'an empty text' : 'a blank text';
  // JSON can spell half a surrogate pair, but UTF-8 cannot: no attribute and no document can hold it.
  return text.isWellFormed() ? undefined : 'a text that is not Unicode';
}
