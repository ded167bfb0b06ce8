/** A piece of HTML that is safe to send. Only the tag {@link html} and {@link trusted} make one. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may hold. `undefined` shows nothing. */
export type Value = Html | string | number | undefined | readonly Value[];

/**
 * Writes HTML. What is filled in is escaped unless it is HTML itself, so that leaving it out takes an effort, not putting it in.
 * Attributes must stand in double quotes.
 *
 *     html`<td title="${'"'}">${'<script>'}</td>`      <td title="&quot;">&lt;script&gt;</td>
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.map((part, i) => part + write(values[i])).join(''));
}

/** Takes a text for HTML as it stands: for our own style and script, never for what came from outside. */
export function trusted(text: string): Html {
  return new Html(text);
}

function write(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(write).join('');
  return String(value).replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}
