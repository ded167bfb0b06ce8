import { isUnresolved } from '../../../shared/gaps/gap.ts';
import { spellRange } from '../../../shared/gaps/range.ts';
import { formatAmount, formatCount } from '../../../shared/views/format.ts';
import type { GapView } from '../../../shared/views/gap-view.ts';
import { askButton, askNote } from './ask-form.ts';
import { came, states } from './gaps-section.ts';
import { html, type Html, type Value } from './html.ts';
import type { Screen } from './layout.ts';
import { idPath, letterPath, streamPath } from './paths.ts';
import { time, timeAndDistance } from './time.ts';
import { viewerNote } from './viewer-note.ts';

export interface GapScreen {
  readonly nowMs: number;
  readonly stream: string;
  readonly gap: GapView;
  /** The id of the dead letter that lists the gap. */
  readonly letter: string | undefined;
  readonly isOperator: boolean;
}

/** The maximum number of ids that are links. */
const maxLinked = 20;

/** Shows one gap: what was asked, what came, and what is left of it. */
export function gapPage({ nowMs, stream, gap, letter, isOperator }: GapScreen): Screen {
  const { foundAt, resendAskedAt, deadline, askedAgainAt, askedAgainDeadline, inferenceAskedAt, cameLateAt } = gap;
  const facts: readonly (readonly [string, Value])[] = [
    ['state', states(gap)],
    ['ids', formatAmount(gap.ids)],
    ['missing since', timeAndDistance(foundAt, nowMs)],
    ...optional('resend asked', resendAskedAt, (at) => time(at, nowMs)),
    ...optional('deadline', deadline, (at) => timeAndDistance(at, nowMs)),
    ...optional('asked again', askedAgainAt, (at) => time(at, nowMs)),
    ...optional('new deadline', askedAgainDeadline, (at) => timeAndDistance(at, nowMs)),
    ...optional('inference asked', inferenceAskedAt, (at) => time(at, nowMs)),
    ...optional('came late', cameLateAt, (at) => timeAndDistance(at, nowMs)),
    ['came', came(gap, nowMs)],
    ...optional('dead letter', letter, (id) => html`<a href="${letterPath(id)}">${id}</a>`),
    [gap.ids > maxLinked ? 'first ids' : 'its ids', ids(stream, gap)],
  ];
  const content = html`<div data-follows="streams" data-stream="${stream}">
    <p class="crumbs"><a href="${streamPath(stream)}">${stream}</a></p>
    <h1>Gap ${spellRange(gap)}</h1>
    <dl class="facts">
      ${facts.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${isUnresolved(gap) ? advice(gap) : undefined} ${isMissing(gap) ? askAgain(stream, gap, isOperator) : undefined}
  </div>`;
  return { title: `${stream} ${spellRange(gap)}`, nowMs, content };
}

function askAgain(stream: string, gap: GapView, isOperator: boolean): Value {
  if (!isOperator) return viewerNote('have the producer asked again');
  return [askButton({ stream, from: gap.from }, 'Ask again'), askNote(!isUnresolved(gap))];
}

function isMissing(gap: GapView): boolean {
  return gap.isReset === undefined && (isUnresolved(gap) || gap.state === 'abandoned');
}

function optional<T>(
  name: string,
  value: T | undefined,
  show: (value: T) => Value,
): readonly (readonly [string, Value])[] {
  return value === undefined ? [] : [[name, show(value)]];
}

function ids(stream: string, { from, ids: count }: GapView): Value {
  const shown = Array.from({ length: Math.min(count, maxLinked) }, (_, i) => from + i);
  return shown.map((id) => html`<a class="id" href="${idPath(stream, id)}">${id}</a> `);
}

function advice({ missing, doubt }: GapView): Html {
  const left =
    missing === undefined ? 'Its ids are too many to count.' : `${formatCount(missing, 'id')} still missing.`;
  const next =
    doubt === undefined
      ? 'Ask the producer to publish the events again, or to void ids that never existed.'
      : 'The numbers around it have holes: if holes are normal here, say so in the setting numbering of the stream.';
  return html`<p>${left} ${next}</p>`;
}
