import { formatAmount, formatBytes, showInvisible } from '../../../shared/views/format.ts';
import { html, type Html, type Value } from './html.ts';
import type { LetterView } from '../../../shared/views/letter-view.ts';
import type { LettersView } from '../../../shared/views/load.ts';
import { timeAndDistance } from './time.ts';

/** Shows the dead letters, the newest first. */
export function lettersSection({ letters, isCut }: LettersView, nowMs: number): Html {
  const shown = isCut ? html`the newest ${formatAmount(letters.length)} shown · ` : undefined;
  const json = html`<a href="api/dead-letters">as JSON</a>`;
  return html`<section aria-labelledby="letters">
    <h2 id="letters">Dead letters <span class="count">${shown}${json}</span></h2>
    ${letters.length === 0 ? empty : table(letters, nowMs)}
  </section>`;
}

const empty = html`<p class="empty">
  <strong>No dead letter.</strong> An event that cannot be corrected is filed here, as the producer sent it, with a code
  that names the problem.
</p>`;

function table(letters: readonly LetterView[], nowMs: number): Html {
  return html`<div class="scroll">
    <table class="letters">
      <thead>
        <tr>
          <th scope="col" class="status">Status</th>
          <th scope="col" class="failed">Failed</th>
          <th scope="col" class="event">Event</th>
          <th scope="col" class="reason">Reason</th>
          <th scope="col" class="stage">Stage</th>
          <th scope="col">Message</th>
        </tr>
      </thead>
      <tbody>
        ${letters.map((letter) => row(letter, nowMs))}
      </tbody>
    </table>
  </div>`;
}

function row(letter: LetterView, nowMs: number): Html {
  const { id, status, failedAt, stage } = letter;
  return html`<tr id="letter-${id}">
    <td><span class="badge ${status}">${status}</span></td>
    <td class="stacked">${timeAndDistance(failedAt, nowMs)}</td>
    <td>${event(letter)}</td>
    <td>${reason(letter)}</td>
    <td class="stage">${stage}</td>
    <td>${message(letter)}</td>
  </tr>`;
}

function event({ stream, eventId, uuid }: LetterView): Html {
  if (stream === undefined) return html`<span class="faint">unknown</span>`;
  return html`<div><bdi dir="ltr">${showInvisible(stream)}</bdi></div>
    <div>${eventId ?? uuid ?? html`<span class="faint">no id</span>`}</div>`;
}

function reason({ code, meaning, detail }: LetterView): Html {
  return html`<div class="code">${code}</div>
    <div>${meaning}</div>
    ${detail === '' ? undefined : html`<div class="faint"><bdi dir="ltr">${showInvisible(detail)}</bdi></div>`}`;
}

function message({ id, bytes, preview, isKept }: LetterView): Html {
  const whole = html`<a href="api/dead-letters/${id}">whole letter</a>`;
  if (bytes === undefined || preview === undefined) return html`<div class="faint">${whole}</div>`;
  if (isKept) return html`<div class="faint">too large to be shown here · ${whole}</div>`;
  if (bytes === 0) return html`<div class="faint">without data · ${whole}</div>`;
  const ellipsis = preview.isWhole ? '' : ' …';
  const text = /\S/.test(preview.text) ? showInvisible(preview.text) : html`<span class="faint">white space</span>`;
  return html`<div class="preview"><bdi dir="ltr">${text}${ellipsis}</bdi></div>
    <div class="faint">${formatBytes(bytes)}${encoding(preview.isUtf8)} · ${whole}</div>`;
}

function encoding(isUtf8: boolean): Value {
  return isUtf8 ? undefined : html` · <span class="caution">not UTF-8</span>`;
}
