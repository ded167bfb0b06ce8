import { createHash } from 'node:crypto';
import { formatAmount, rfc3339 } from '../../shared/views/format.ts';
import { gapsSection } from './gaps-section.ts';
import { html, trusted, type Html } from './html.ts';
import { lettersSection } from './letters-section.ts';
import type { Overview } from '../../shared/views/load.ts';
import { reconciliationsSection } from './reconciliations-section.ts';
import { script } from './script.ts';
import { streamsSection } from './streams-section.ts';
import { style } from './style.ts';

/** The sources that the Content-Security-Policy allows: the page's own style and script, by their hashes. */
export const pageSources = [
  `style-src '${sourceHash(style)}'`,
  `script-src '${sourceHash(script)}'`,
  "connect-src 'self'",
  'img-src data:',
].join('; ');

/** Writes the page. It loads no other files. The script only refreshes it: without the script it shows everything. */
export function page(overview: Overview): Html {
  const { nowMs, gaps, letters, reconciliations } = overview;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Eventmend</title>
        <link rel="icon" href="${icon}" />
        ${styleElement}
      </head>
      <body>
        <div id="page">
          <header>
            <h1>${mark} Eventmend</h1>
            ${contents(overview)} ${asOf(nowMs)}
          </header>
          <main>
            ${streamsSection(overview)} ${reconciliationsSection(reconciliations, nowMs)} ${gapsSection(gaps, nowMs)}
            ${lettersSection(letters, nowMs)}
          </main>
        </div>
        <p id="notice" role="status"></p>
        ${scriptElement}
      </body>
    </html>`;
}

/** Links to each section, with the number of items that need attention. */
function contents({ streams, next, isLaterPage, gaps, letters }: Overview): Html {
  const isCut = isLaterPage || next !== undefined;
  const unresolved = gaps.reduce((sum, view) => sum + view.unresolved, 0);
  const open = letters.letters.filter(({ status }) => status === 'open').length;
  const ofNewest = letters.isCut ? ` of the newest ${formatAmount(letters.letters.length)}` : '';
  return html`<nav aria-label="Contents">
    <a href="#streams">Streams <span class="count">${formatAmount(streams.length)}${isCut ? ' shown' : ''}</span></a>
    <a href="#gaps"
      >Gaps <span class="count">${formatAmount(unresolved)} unresolved${isCut ? ' in these streams' : ''}</span></a
    >
    <a href="#letters">Dead letters <span class="count">${formatAmount(open)} open${ofNewest}</span></a>
  </nav>`;
}

function asOf(nowMs: number): Html {
  const at = rfc3339(nowMs);
  const [date = '', time = ''] = at.split('T');
  return html`<p class="as-of">as of <time datetime="${at}">${date} ${time.slice(0, 8)}</time> UTC</p>`;
}

// Not in the template, because a formatter may add a space there. Then the text would not match the hash.
const styleElement = trusted(`<style>${style}</style>`);
const scriptElement = trusted(`<script>${script}</script>`);

/** Three events. The middle one was repaired. */
const drawing =
  '<circle cx="2.5" cy="8" r="2"/><circle class="mended" cx="8" cy="8" r="2"/><circle cx="13.5" cy="8" r="2"/>';
const mark = trusted(`<svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">${drawing}</svg>`);
const icon = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="#2358b8">${drawing.replace('class="mended"', 'fill="none" stroke="#2358b8"')}</svg>`,
)}`;

function sourceHash(source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`;
}
