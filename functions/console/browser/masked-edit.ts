import { JsonPlaces } from '../../../shared/verification/json-places.ts';
import { changeOfText, type BodyMembers, type ShownText } from '../../../shared/views/change-of-text.ts';
import { mask } from '../../../shared/views/mask-personal.ts';
import { ReaderError } from './api.ts';
import { formatJson } from './format-json.ts';

const shownMask = JSON.stringify(mask);

/** @throws ReaderError if the whole text would have to be sent, and has masks in place of values. */
export function changeOfBody(shown: ShownText, typed: string): BodyMembers {
  const change = changeOfText(shown, typed);
  if ('problem' in change) throw new ReaderError(`${change.problem} Correct it, or show the personal values first.`);
  return change;
}

/** Puts the personal values of a message where its masks stand in a text. */
export function withPersonalValues({ text, masked }: ShownText, typed: string, message: string): string {
  if (typed === text || masked === 'all') return formatJson(message);
  if (!isJson(typed)) throw new ReaderError('The draft is not JSON. Correct it first.');
  const real = new JsonPlaces(message);
  return masked.reduce((filled, pointer) => {
    const places = new JsonPlaces(filled);
    const value = places.textAt(pointer) === shownMask ? real.textAt(pointer) : undefined;
    return value === undefined ? filled : (places.withValue(pointer, value) ?? filled);
  }, typed);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
