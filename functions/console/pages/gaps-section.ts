import { spellRange } from '../../../shared/gaps/range.ts';
import { formatAmount } from '../../../shared/views/format.ts';
import type { GapsView, GapView } from '../../../shared/views/gap-view.ts';
import { html, type Html } from './html.ts';
import { describeOutcome } from '../../../shared/views/describe-outcome.ts';
import { time, timeAndDistance } from './time.ts';

/** Shows the gaps of every stream that has gaps. Streams with unresolved gaps come first. */
export function gapsSection(streams: readonly GapsView[], nowMs: number): Html {
  const withGaps = streams
    .filter(({ gaps, unreadable }) => gaps.length + unreadable.length > 0)
    .sort((a, b) => Number(b.unresolved > 0) - Number(a.unresolved > 0));
  return html`<section aria-labelledby="gaps">
    <h2 id="gaps">Gaps</h2>
    ${withGaps.length === 0 ? empty : table(withGaps, nowMs)}
  </section>`;
}

const empty = html`<p class="empty">
  <strong>No gap has been found.</strong> Ids are listed here when they are missing for longer than the grace of their
  stream, with the requests that were sent, and the events that came.
</p>`;

function table(streams: readonly GapsView[], nowMs: number): Html {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col" class="number">Range</th>
          <th scope="col" class="number">Ids</th>
          <th scope="col">Missing since</th>
          <th scope="col">Resend asked</th>
          <th scope="col">Deadline</th>
          <th scope="col">Inference asked</th>
          <th scope="col" class="wide">Came</th>
        </tr>
      </thead>
      ${streams.map((view) => group(view, nowMs))}
    </table>
  </div>`;
}

function group(view: GapsView, nowMs: number): Html {
  const { stream, unresolved, isCut, gaps, unreadable } = view;
  const more = isCut ? html` · ${formatAmount(gaps.length)} shown` : undefined;
  return html`<tbody id="gaps-${stream}">
    <tr class="group">
      <th scope="rowgroup" colspan="8">
        ${stream}
        <span class="count"
          >${formatAmount(unresolved)} unresolved${more} · <a href="api/streams/${stream}/gaps">as JSON</a></span
        >
      </th>
    </tr>
    ${unreadable.map(unreadableRow)} ${gaps.map((gap) => row(gap, view, nowMs))}
  </tbody>`;
}

function unreadableRow(text: string): Html {
  return html`<tr>
    <td colspan="8"><strong>${text}</strong></td>
  </tr>`;
}

function row(gap: GapView, { stream, isRecovered }: GapsView, nowMs: number): Html {
  const { states, from, ids, foundAt, resendAskedAt, inferenceAskedAt, deadline } = gap;
  const unasked = html`<span class="faint">${isRecovered ? 'not yet' : 'only listed'}</span>`;
  return html`<tr id="gap-${stream}-${from}">
    <td>${states.map((state) => html`<span class="badge ${state}">${state}</span> `)}</td>
    <td class="number">${spellRange(gap)}</td>
    <td class="number">${formatAmount(ids)}</td>
    <td>${timeAndDistance(foundAt, nowMs)}</td>
    <td>${resendAskedAt === undefined ? unasked : time(resendAskedAt, nowMs)}</td>
    <td>${deadline === undefined ? none : timeAndDistance(deadline, nowMs)}</td>
    <td>${inferenceAskedAt === undefined ? none : time(inferenceAskedAt, nowMs)}</td>
    <td class="wide">${came(gap, nowMs)}</td>
  </tr>`;
}

function came(gap: GapView, nowMs: number): Html {
  const { resolvedAt } = gap;
  const story = describeOutcome(gap);
  if (resolvedAt !== undefined) return html`${timeAndDistance(resolvedAt, nowMs)} · ${story}`;
  return gap.missing === gap.ids || gap.missing === undefined
    ? html`<span class="faint">${story}</span>`
    : html`${story}`;
}

const none = html`<span class="faint">–</span>`;
