import { formatAmount, formatCount } from '../../shared/views/format.ts';
import { html, type Html, type Value } from './html.ts';
import type { Overview } from '../../shared/views/load.ts';
import type { StreamView } from '../../shared/views/stream-view.ts';

/** Shows a page of streams with their progress, one row for each. */
export function streamsSection({ streams, next, isLaterPage }: Overview): Html {
  const first = isLaterPage ? html`<a href="?">first streams</a> · ` : undefined;
  const more = next === undefined ? undefined : html`<a href="?page=${encodeURIComponent(next)}">more streams</a> · `;
  return html`<section aria-labelledby="streams">
    <h2 id="streams">
      Streams <span class="count">${first}${more}<a href="api/streams">as JSON</a></span>
    </h2>
    ${streams.length === 0 ? empty : table(streams)}
  </section>`;
}

const empty = html`<p class="empty">
  <strong>No stream yet.</strong> A stream is listed from its first event on. Publish an event to the topic
  <code>events</code>. The message’s attribute <code>stream</code> names the stream. By default it is
  <code>default</code>.
</p>`;

function table(streams: readonly StreamView[]): Html {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Stream</th>
          <th scope="col" class="number" title="Gaps are counted from this id">First</th>
          <th scope="col" class="number" title="The highest id seen">High water</th>
          <th scope="col" class="number" title="Every id at or below this one is accounted for">Watermark</th>
          <th scope="col" class="number" title="High water − watermark">Lag</th>
          <th scope="col" class="wide">Gaps</th>
        </tr>
      </thead>
      <tbody>
        ${streams.map(row)}
      </tbody>
    </table>
  </div>`;
}

function row(view: StreamView): Html {
  const { stream, first, highWater, watermark, lag, unresolvedGaps } = view;
  return html`<tr id="stream-${stream}">
    <th scope="row">${stream}</th>
    <td class="number">${id(first)}</td>
    <td class="number">${id(highWater)}</td>
    <td class="number">${id(watermark)}</td>
    <td class="number ${lag ? 'strong' : ''}">${lag === undefined ? notYet : formatAmount(lag)}</td>
    <td class="wide">${gaps(view, unresolvedGaps)}</td>
  </tr>`;
}

function gaps({ stream, first }: StreamView, unresolved: number): Value {
  if (first === undefined) return html`<span class="faint">not swept yet, or in its first grace</span>`;
  if (unresolved === 0) return html`<span class="faint">none unresolved</span>`;
  return html`<a href="#gaps-${stream}">${formatCount(unresolved, 'unresolved gap')}</a>`;
}

function id(value: number | undefined): Value {
  return value ?? notYet;
}

const notYet = html`<span class="faint">not yet</span>`;
