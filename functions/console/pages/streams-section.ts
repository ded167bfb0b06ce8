import { spellRange } from '../../../shared/gaps/range.ts';
import { formatAmount, formatCount, formatDuration } from '../../../shared/views/format.ts';
import { revisionAdvice } from '../../../shared/views/spell-revisions.ts';
import { awaitsFirstSweep, isNewStream, type StreamView } from '../../../shared/views/stream-view.ts';
import { describeUnnumbered } from '../../../shared/views/unnumbered-view.ts';
import { html, type Html, type Value } from './html.ts';
import { name } from './name.ts';
import { streamPath } from './paths.ts';
import { dash, table, type PageColumn } from './table.ts';

interface StreamRows {
  readonly streams: readonly StreamView[];
  /** The cursor of the next page of streams. */
  readonly next: string | undefined;
  readonly isLaterPage: boolean;
  readonly nowMs: number;
}

/** Shows a page of streams with their progress, one row for each. */
export function streamsSection({ streams, next, isLaterPage, nowMs }: StreamRows): Html {
  const first = isLaterPage ? html`<a href="/">first streams</a> · ` : undefined;
  const more = next === undefined ? undefined : html`<a href="/?page=${encodeURIComponent(next)}">more streams</a> · `;
  return html`<section aria-labelledby="streams">
    <h2 id="streams">
      Streams <span class="count">${first}${more}<a href="/api/streams">as JSON</a></span>
    </h2>
    ${streams.length === 0 ? empty : streamTable(streams, nowMs)}
  </section>`;
}

const empty = html`<p class="empty">
  <strong>No stream yet.</strong> A stream is listed from its first event on. Publish an event to the topic
  <code>events</code>. The message’s attribute <code>stream</code> names the stream. By default it is
  <code>default</code>.
</p>`;

export function streamTable(streams: readonly StreamView[], nowMs: number): Html {
  return table({ label: 'Streams', columns: columns(nowMs), rows: streams, idOf: ({ stream }) => `stream-${stream}` });
}

const revisionTitle = `Published events whose ids other events hold. ${revisionAdvice.join(' ')}`;

function columns(nowMs: number): readonly PageColumn<StreamView>[] {
  return [
    {
      title: 'Stream',
      isName: true,
      show: ({ stream }) => html`<a href="${streamPath(stream)}" data-row>${name(stream)}</a>`,
    },
    {
      title: 'First',
      kind: 'number',
      about: 'The first id of the front that grew last',
      show: (view) => id(view, view.first),
    },
    {
      title: 'High water',
      kind: 'number',
      about: 'The last id of the front',
      show: (view) => id(view, view.highWater),
    },
    {
      title: 'Watermark',
      kind: 'number',
      about: 'Every id of the front up to this one is accounted for',
      show: (view) => id(view, view.watermark),
    },
    { title: 'Lag', kind: 'number', about: 'High water − watermark, and since when', show: (view) => lag(view, nowMs) },
    {
      title: 'Rate',
      kind: 'number',
      about: 'New ids a minute, over the last 15 minutes',
      show: ({ perMinute }) => (perMinute === undefined ? notYet : `${formatRate(perMinute)}/min`),
    },
    { title: 'Revisions', kind: 'number', about: revisionTitle, show: ({ revisions }) => formatAmount(revisions) },
    { title: 'Elsewhere', kind: 'some', about: 'Ids of the stream that are not in the front', show: elsewhere },
    { title: 'Gaps', kind: 'wide', show: (view) => gaps(view, nowMs) },
  ];
}

function formatRate(perMinute: number): string {
  return perMinute > 0 && perMinute < 10 ? perMinute.toFixed(1) : formatAmount(Math.round(perMinute));
}

/** Shows the lag in ids and in time. */
function lag({ lag: ids, behindSince, unnumbered }: StreamView, nowMs: number): Value {
  if (ids === undefined) return unnumbered ? dash : notYet;
  if (ids === 0 || behindSince === undefined) return formatAmount(ids);
  return html`<strong>${formatCount(ids, 'id')}</strong>
    <span class="faint">behind for ${formatDuration(nowMs - Date.parse(behindSince))}</span>`;
}

/** The maximum numbers of other fronts and of outliers in a row. The page of the stream lists more of them. */
const maxShown = 3;

/** Shows the other fronts of a stream, and its outliers. */
function elsewhere({ fronts, otherFronts, outlierIds, outliers }: StreamView): Value {
  if (otherFronts + outliers === 0) return dash;
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

function gaps(view: StreamView, nowMs: number): Value {
  const { stream, first, watermark, sweptAt, unresolvedGaps, unnumbered } = view;
  const facts = unnumbered && describeUnnumbered(unnumbered);
  if (isNewStream(view, nowMs)) return html`<span class="faint">${awaitsFirstSweep}</span>`;
  if (sweptAt === undefined) return html`<span class="caution">never swept</span> ${facts}`;
  if (facts !== undefined) return facts;
  if (unresolvedGaps > 0)
    return html`<a href="${streamPath(stream)}#gaps">${formatCount(unresolvedGaps, 'unresolved gap')}</a>`;
  if (first === undefined) return html`<span class="faint">no front yet</span>`;
  if (watermark === first - 1) return html`<span class="faint">holes not looked for yet</span>`;
  return html`<span class="faint">none unresolved</span>`;
}

function id({ unnumbered }: StreamView, value: number | undefined): Value {
  return value ?? (unnumbered ? dash : notYet);
}

const notYet = html`<span class="faint">not yet</span>`;
