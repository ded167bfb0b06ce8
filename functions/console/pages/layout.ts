import type { ApiCaller } from '../../../shared/access.ts';
import { rfc3339 } from '../../../shared/views/format.ts';
import { html, trusted, type Html, type Value } from './html.ts';
import { jobsPath, lettersPath } from './paths.ts';
import { scriptPath, stylePath } from './assets.ts';

/** The content of one page, without what all pages have. */
export interface Screen {
  readonly title: string;
  /** The part of the console that the page belongs to. */
  readonly part?: 'overview' | 'letters' | 'jobs' | undefined;
  readonly nowMs: number;
  readonly content: Value;
  /** Dialogs, which a refresh leaves alone. */
  readonly dialogs?: Html;
}

/** Writes a page. It is complete without its script, which keeps it up to date and adds keys. */
export function layout({ title, part, nowMs, content, dialogs }: Screen, { name, role }: ApiCaller): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Eventmend</title>
        <link rel="icon" href="${icon}" />
        <link rel="stylesheet" href="${stylePath()}" />
        <script src="${scriptPath()}" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <div id="page">
          <header>
            <a class="brand" href="/">${mark} Eventmend</a>
            <nav aria-label="Pages">
              ${link('/', 'Overview', 'o', part === 'overview')}
              ${link(`${lettersPath}?state=open`, 'Dead letters', 'l', part === 'letters')}
              ${link(jobsPath, 'Jobs', 'w', part === 'jobs')}
            </nav>
            ${asOf(nowMs)}
            <p class="caller">${name}${role === 'viewer' ? ', viewer' : undefined}</p>
            <button type="button" class="quiet" data-help aria-haspopup="dialog">Help <kbd>?</kbd></button>
          </header>
          <main id="main" tabindex="-1">${content}</main>
        </div>
        ${help} ${dialogs}
        <p id="notice" role="status"></p>
      </body>
    </html>`;
}

function link(path: string, text: string, key: string, isCurrent: boolean): Html {
  const current = isCurrent ? trusted(' aria-current="page"') : undefined;
  return html`<a href="${path}" data-key="${key}" ${current}>${text}</a>`;
}

function asOf(nowMs: number): Html {
  const at = rfc3339(nowMs);
  const [date = '', time = ''] = at.split('T');
  return html`<p class="as-of">as of <time datetime="${at}">${date} ${time.slice(0, 8)}</time> UTC</p>`;
}

/** The list of keys, which the script fills. */
const help = html`<dialog id="help" aria-labelledby="help-title">
  <form method="dialog">
    <h2 id="help-title">Keys</h2>
    <dl id="help-keys"></dl>
    <p>
      <label><input type="checkbox" id="help-on" /> Use single keys</label>
    </p>
    <section id="help-words" aria-labelledby="help-words-title" hidden>
      <h2 id="help-words-title">Columns</h2>
      <dl id="help-columns"></dl>
    </section>
    <button>Close</button>
  </form>
</dialog>`;

/** Three events. The middle one was repaired. */
const drawing =
  '<circle cx="2.5" cy="8" r="2"/><circle class="mended" cx="8" cy="8" r="2"/><circle cx="13.5" cy="8" r="2"/>';
const mark = trusted(`<svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">${drawing}</svg>`);
const icon = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="#2358b8">${drawing.replace('class="mended"', 'fill="none" stroke="#2358b8"')}</svg>`,
)}`;
