import { html } from './html.ts';
import type { Screen } from './layout.ts';

/** Says why a page cannot be shown. */
export function problemPage(status: number, message: string, nowMs: number): Screen {
  const content = html`<h1>${message}</h1>
    <p><a href="/">To the overview</a></p>`;
  return { title: String(status), nowMs, content };
}
