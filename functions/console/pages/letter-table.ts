import type { LetterHead } from '../../../shared/views/letter-head.ts';
import { html, type Html, type Value } from './html.ts';
import { name, shortText, streamLink } from './name.ts';
import { idPath, letterPath } from './paths.ts';
import { stateMeaning } from './state-meaning.ts';
import { dash, table, type PageColumn } from './table.ts';
import { timeAndDistance } from './time.ts';

/** Shows the heads of letters. Messages are not shown in lists, because they may hold personal values. */
export function letterTable(letters: readonly LetterHead[], nowMs: number): Html {
  return table({
    label: 'Dead letters',
    columns: columns(nowMs),
    rows: letters,
    idOf: ({ id }) => `letter-${id}`,
  });
}

const stateWords = Object.entries(stateMeaning)
  .map(([state, meaning]) => `${state}: ${meaning}`)
  .join('\n');

function columns(nowMs: number): readonly PageColumn<LetterHead>[] {
  return [
    { title: 'State', about: stateWords, show: ({ state }) => html`<span class="badge ${state}">${state}</span>` },
    {
      title: 'Filed',
      kind: 'stacked',
      about: 'When the letter was last opened',
      show: ({ filedAt }) => timeAndDistance(filedAt, nowMs),
    },
    {
      title: 'Reason',
      kind: 'wide',
      isName: true,
      show: ({ id, code, detail }) =>
        html`<a href="${letterPath(id)}" data-row><code>${code}</code></a>
          <bdi dir="ltr" class="faint">${shortText(detail)}</bdi>`,
    },
    { title: 'Event', kind: 'stacked', show: eventOf },
    { title: 'Type', show: ({ type }) => (type === undefined ? dash : name(type)) },
    { title: 'Stage', about: 'The function that found the failure', show: ({ stage }) => stage },
    { title: 'Replays', kind: 'number', show: ({ replay }) => replay },
  ];
}

/** Shows the stream and the id of the event, as links if they are known. */
export function eventOf({ stream, eventId, uuid, isGap }: LetterHead): Value {
  if (stream === undefined) return html`<span class="faint">unknown</span>`;
  const id = eventId ?? uuid;
  const place = streamLink(stream);
  if (id === undefined) return html`${place} <span class="faint">${isGap ? 'a gap' : 'no id'}</span>`;
  return html`${place} <a class="id" href="${idPath(stream, id)}">${typeof id === 'number' ? id : name(id)}</a>`;
}
