/** A piece of safe HTML. Only the tag {@link html} and {@link trusted} make it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value in a template. `undefined` shows nothing. */
export type Value = Html | string | number | undefined | readonly Value[];

/**
 * Writes HTML. Values are escaped by default, except {@link Html}. Attributes must be in double quotes.
 *
 *     html`<td title="${'"'}">${'<script>'}</td>`      <td title="&quot;">&lt;script&gt;</td>
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.map((part, i) => part + write(values[i])).join(''));
}

/** Marks a text as HTML, without escaping. Use it for our own style and script only, never for input. */
export function trusted(text: string): Html {
  return new Html(text);
}

function write(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(write).join('');
  return String(value).replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}
