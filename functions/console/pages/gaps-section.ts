import { isUnresolved } from '../../../shared/gaps/gap.ts';
import { spellRange } from '../../../shared/gaps/range.ts';
import { describeOutcome } from '../../../shared/views/describe-outcome.ts';
import { formatAmount, formatCount } from '../../../shared/views/format.ts';
import type { GapsView, GapView } from '../../../shared/views/gap-view.ts';
import { html, type Html, type Value } from './html.ts';
import { streamLink } from './name.ts';
import { gapPath } from './paths.ts';
import { dash, table, type PageColumn } from './table.ts';
import { time, timeAndDistance } from './time.ts';

/** A gap with its stream. */
interface GapRow {
  readonly stream: string;
  readonly isRecovered: boolean;
  readonly gap: GapView;
}

/**
 * Shows the gaps of streams: the unresolved ones, which need someone first, and folded those that were given up, and the others.
 *
 * @param jsonPath The address of the gaps as JSON.
 */
export function gapsSection(views: readonly GapsView[], nowMs: number, jsonPath: string): Html {
  const rows = views.flatMap(({ stream, isRecovered, gaps }) => gaps.map((gap) => ({ stream, isRecovered, gap })));
  const unresolved = rows.filter(({ gap }) => isUnresolved(gap));
  const givenUp = rows.filter(({ gap }) => isGivenUp(gap));
  const resolved = rows.filter(({ gap }) => !isUnresolved(gap) && !isGivenUp(gap));
  const isCut = views.some((view) => view.isCut);
  const unreadable = views.flatMap((view) => view.unreadable);
  return html`<section aria-labelledby="gaps">
    <h2 id="gaps">
      Gaps
      <span class="count"
        >${views.filter(({ unresolved, isCut }) => unresolved > 0 || isCut).map(counts)}
        <a href="${jsonPath}">as JSON</a></span
      >
    </h2>
    ${unreadable.map((text) => html`<p class="caution"><strong>${text}</strong></p>`)}
    ${unresolved.length > 0 ? gapTable('Unresolved gaps', unresolved, nowMs) : none(rows.length + unreadable.length)}
    ${givenUp.length > 0 ? folded(spellGivenUp(givenUp, isCut), gapTable('Gaps given up', givenUp, nowMs), 'given-up-gaps') : undefined}
    ${resolved.length > 0 ? folded(formatCount(resolved.length, 'resolved gap'), gapTable('Resolved gaps', resolved, nowMs), 'resolved-gaps') : undefined}
  </section>`;
}

function counts({ stream, unresolved, isCut, gaps }: GapsView): Html {
  const more = isCut ? html` · ${formatAmount(gaps.length)} shown` : undefined;
  return html`${stream}: ${formatAmount(unresolved)} unresolved${more} · `;
}

function none(others: number): Html {
  if (others > 0) return html`<p class="faint">No gap is unresolved.</p>`;
  return html`<p class="empty">
    <strong>No gap has been found.</strong> Ids are listed here when they are missing for longer than the grace of their
    stream, with the requests that were sent, and the events that came.
  </p>`;
}

/** Whether nobody waits for the missing events of a gap any more. */
function isGivenUp({ state, isReset }: GapView): boolean {
  return state === 'abandoned' && !isReset;
}

function spellGivenUp(rows: readonly GapRow[], isCut: boolean): Html {
  const ids = rows.map(({ gap }) => gap.missing);
  const known = ids.flatMap((count) => count ?? []);
  const missing = formatCount(
    known.reduce((sum, count) => sum + count, 0),
    'id',
  );
  const events = known.length === ids.length ? `${missing} without an event` : 'not every id has an event';
  return html`<strong>${formatCount(rows.length, 'gap', { isMore: isCut })} given up: ${events}</strong>`;
}

function folded(summary: Value, content: Html, id: string): Html {
  return html`<details id="${id}">
    <summary>${summary}</summary>
    ${content}
  </details>`;
}

function gapTable(label: string, rows: readonly GapRow[], nowMs: number): Html {
  const idOf = ({ stream, gap }: GapRow): string => `gap-${stream}-${gap.from}`;
  return table({ label, columns: columns(nowMs), rows, idOf });
}

function columns(nowMs: number): readonly PageColumn<GapRow>[] {
  return [
    { title: 'Stream', show: ({ stream }) => streamLink(stream) },
    { title: 'State', kind: 'stacked', show: ({ gap }) => states(gap) },
    {
      title: 'Range',
      kind: 'number',
      isName: true,
      show: ({ stream, gap }) => html`<a href="${gapPath(stream, gap.from)}" data-row>${spellRange(gap)}</a>`,
    },
    { title: 'Ids', kind: 'number', show: ({ gap }) => formatAmount(gap.ids) },
    { title: 'Missing since', kind: 'stacked', show: ({ gap }) => timeAndDistance(gap.foundAt, nowMs) },
    { title: 'Resend asked', kind: 'stacked', show: (row) => resendAsked(row, nowMs) },
    {
      title: 'Deadline',
      kind: 'stacked',
      show: ({ gap }) => (gap.deadline === undefined ? dash : timeAndDistance(gap.deadline, nowMs)),
    },
    {
      title: 'Inference asked',
      kind: 'stacked',
      show: ({ gap }) => (gap.inferenceAskedAt === undefined ? dash : time(gap.inferenceAskedAt, nowMs)),
    },
    { title: 'Came', kind: 'wide', show: ({ gap }) => came(gap, nowMs) },
  ];
}

export function states(gap: GapView): Value {
  return gap.states.map((state) => html`<span class="badge ${state}">${state}</span> `);
}

function resendAsked({ isRecovered, gap: { resendAskedAt } }: GapRow, nowMs: number): Value {
  if (resendAskedAt !== undefined) return time(resendAskedAt, nowMs);
  return html`<span class="faint">${isRecovered ? 'not yet' : 'only listed'}</span>`;
}

export function came(gap: GapView, nowMs: number): Html {
  const { resolvedAt } = gap;
  const story = describeOutcome(gap);
  if (resolvedAt !== undefined) return html`${timeAndDistance(resolvedAt, nowMs)} · ${story}`;
  return gap.missing === gap.ids || gap.missing === undefined
    ? html`<span class="faint">${story}</span>`
    : html`${story}`;
}
