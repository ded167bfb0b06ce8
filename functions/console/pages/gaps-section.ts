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
 * Shows the gaps of streams: the unresolved ones, which need someone first, and the others folded.
 *
 * @param jsonPath The address of the gaps as JSON.
 */
export function gapsSection(views: readonly GapsView[], nowMs: number, jsonPath: string): Html {
  const rows = views.flatMap(({ stream, isRecovered, gaps }) => gaps.map((gap) => ({ stream, isRecovered, gap })));
  const [unresolved, resolved] = [
    rows.filter(({ gap }) => isUnresolved(gap)),
    rows.filter(({ gap }) => !isUnresolved(gap)),
  ];
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
    ${resolved.length > 0 ? folded(resolved, nowMs) : undefined}
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

function folded(rows: readonly GapRow[], nowMs: number): Html {
  return html`<details id="resolved-gaps">
    <summary>${formatCount(rows.length, 'resolved gap')}</summary>
    ${gapTable('Resolved gaps', rows, nowMs)}
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
