import { spellRange } from '../../../shared/gaps/range.ts';
import { formatAmount, formatCount } from '../../../shared/views/format.ts';
import { revisionAdvice } from '../../../shared/views/spell-revisions.ts';
import { html, type Html, type Value } from './html.ts';
import type { Overview } from '../../../shared/views/load.ts';
import { describeUnnumbered, type UnnumberedView } from '../../../shared/views/unnumbered-view.ts';
import type { StreamView } from '../../../shared/views/stream-view.ts';

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

const revisionTitle = `Published events whose ids other events hold. ${revisionAdvice.join(' ')}`;

function table(streams: readonly StreamView[]): Html {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Stream</th>
          <th scope="col" class="number" title="The first id of the front that grew last">First</th>
          <th scope="col" class="number" title="The last id of the front">High water</th>
          <th scope="col" class="number" title="Every id of the front up to this one is accounted for">Watermark</th>
          <th scope="col" class="number" title="High water − watermark">Lag</th>
          <th scope="col" class="number" title="${revisionTitle}">Revisions</th>
          <th scope="col" title="Ids of the stream that are not in the front">Elsewhere</th>
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
  if (view.unnumbered) return unnumberedRow(view, view.unnumbered);
  const { stream, first, highWater, watermark, lag, unresolvedGaps, revisions } = view;
  return html`<tr id="stream-${stream}">
    <th scope="row">${stream}</th>
    <td class="number">${id(first)}</td>
    <td class="number">${id(highWater)}</td>
    <td class="number">${id(watermark)}</td>
    <td class="number ${lag ? 'strong' : ''}">${lag === undefined ? notYet : formatAmount(lag)}</td>
    <td class="number ${revisions ? 'strong' : ''}">${formatAmount(revisions)}</td>
    <td class="some">${elsewhere(view)}</td>
    <td class="wide">${gaps(view, unresolvedGaps)}</td>
  </tr>`;
}

function unnumberedRow({ stream, sweptAt }: StreamView, facts: UnnumberedView): Html {
  return html`<tr id="stream-${stream}">
    <th scope="row">${stream}</th>
    <td colspan="6" class="some">${describeUnnumbered(facts)}</td>
    <td class="wide">
      ${sweptAt === undefined ? html`<span class="caution">never swept</span>` : html`<span class="faint">not known</span>`}
    </td>
  </tr>`;
}

/** The maximum numbers of other fronts and of outliers in a row. The JSON lists more of them. */
const maxShown = 3;

/** Shows the other fronts of a stream, and its outliers. */
function elsewhere({ fronts, otherFronts, outlierIds, outliers }: StreamView): Value {
  if (otherFronts + outliers === 0) return html`<span class="faint">–</span>`;
  const ranges = fronts.map(({ first, last }) => spellRange({ from: first, to: last }));
  return [
    counted(otherFronts, 'other front', ranges.slice(0, maxShown)),
    counted(outliers, 'outlier', outlierIds.slice(-maxShown).map(String)),
  ]
    .filter((text) => text !== undefined)
    .join('; ');
}

/** Spells a count with some of the counted: `5 outliers: 3, 9, 70 and 2 more`. */
function counted(count: number, noun: string, shown: readonly string[]): string | undefined {
  if (count === 0) return undefined;
  const more = count > shown.length ? ` and ${formatAmount(count - shown.length)} more` : '';
  return `${formatCount(count, noun)}: ${shown.join(', ')}${more}`;
}

function gaps({ stream, first, watermark, sweptAt }: StreamView, unresolved: number): Value {
  if (sweptAt === undefined) return html`<span class="caution">never swept</span>`;
  if (unresolved === 0 && first === undefined) return html`<span class="faint">no front yet</span>`;
  if (unresolved === 0 && watermark === (first ?? 0) - 1)
    return html`<span class="faint">holes not looked for yet</span>`;
  if (unresolved === 0) return html`<span class="faint">none unresolved</span>`;
  return html`<a href="#gaps-${stream}">${formatCount(unresolved, 'unresolved gap')}</a>`;
}

function id(value: number | undefined): Value {
  return value ?? notYet;
}

const notYet = html`<span class="faint">not yet</span>`;
