import { cutText } from '../../../shared/cut-text.ts';
import { showInvisible } from '../../../shared/views/format.ts';
import type { LetterHead } from '../../../shared/views/letter-head.ts';
import { html, type Html, type Value } from './html.ts';
import { idPath, letterPath, streamPath } from './paths.ts';
import { table, type PageColumn } from './table.ts';
import { timeAndDistance } from './time.ts';

/** The maximum length of a text in a row. In a letter that Eventmend did not write, it can be any text. */
const maxText = 400;

/** Shows the heads of letters. Messages are not shown in lists, because they may hold personal values. */
export function letterTable(letters: readonly LetterHead[], nowMs: number): Html {
  return table({
    label: 'Dead letters',
    columns: columns(nowMs),
    rows: letters,
    idOf: ({ id }) => `letter-${id}`,
  });
}

function columns(nowMs: number): readonly PageColumn<LetterHead>[] {
  return [
    { title: 'State', show: ({ state }) => html`<span class="badge ${state}">${state}</span>` },
    { title: 'Filed', kind: 'stacked', show: ({ filedAt }) => timeAndDistance(filedAt, nowMs) },
    {
      title: 'Reason',
      kind: 'wide',
      isName: true,
      show: ({ id, code, detail }) =>
        html`<a href="${letterPath(id)}" data-row><code>${code}</code></a>
          <bdi dir="ltr" class="faint">${showInvisible(cutText(detail, maxText))}</bdi>`,
    },
    { title: 'Event', show: eventOf },
    { title: 'Type', show: ({ type }) => (type === undefined ? nothing : shown(type)) },
    { title: 'Stage', show: ({ stage }) => stage },
    { title: 'Replays', kind: 'number', show: ({ replay }) => replay },
  ];
}

/** Shows the stream and the id of the event, as links if they are known. */
export function eventOf({ stream, eventId, uuid, isGap }: LetterHead): Value {
  if (stream === undefined) return html`<span class="faint">unknown</span>`;
  const id = eventId ?? uuid;
  const place = html`<a href="${streamPath(stream)}">${shown(stream)}</a>`;
  if (id === undefined) return html`${place} <span class="faint">${isGap ? 'a gap' : 'no id'}</span>`;
  return html`${place} <a class="id" href="${idPath(stream, id)}">${typeof id === 'number' ? id : shown(id)}</a>`;
}

function shown(text: string): Html {
  return html`<bdi dir="ltr">${showInvisible(cutText(text, maxText))}</bdi>`;
}

const nothing = html`<span class="faint">–</span>`;
