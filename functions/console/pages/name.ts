import { cutText } from '../../../shared/cut-text.ts';
import { showInvisible } from '../../../shared/views/format.ts';
import { html, type Html } from './html.ts';
import { streamPath } from './paths.ts';

/** The maximum length of a text in a row. In a letter that Eventmend did not write, it can be any text. */
const maxText = 400;
/** The length from which on a name takes several lines, so that it leaves room for the other columns. */
const longName = 18;

/** Shows a name that an event can choose. */
export function name(text: string): Html {
  return html`<bdi dir="ltr" class="${text.length < longName ? undefined : 'long'}">${shortText(text)}</bdi>`;
}

/** Cuts a text that an event can choose, and shows its invisible characters. */
export function shortText(text: string): string {
  return showInvisible(cutText(text, maxText));
}

export function streamLink(stream: string): Html {
  return html`<a href="${streamPath(stream)}">${name(stream)}</a>`;
}
