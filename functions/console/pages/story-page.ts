import type { Story, StoryLine } from '../../../shared/views/story/story.ts';
import { showInvisible } from '../../../shared/views/format.ts';
import { html, type Html } from './html.ts';
import type { Screen } from './layout.ts';
import { gapPath, letterPath, streamPath } from './paths.ts';
import { viewerNote } from './viewer-note.ts';

export interface StoryScreen {
  readonly nowMs: number;
  readonly stream: string;
  /** The id, or the uuid. */
  readonly id: number | string;
  readonly story: Story;
  /** The ids of the letters about the event or its gap. */
  readonly letterIds: readonly string[];
  /** The first ids of the gaps that the id is in. */
  readonly gapsFrom: readonly number[];
  readonly isOperator: boolean;
}

/** Shows everything that is known of one id or uuid. */
export function storyPage({ nowMs, stream, id, story, letterIds, gapsFrom, isOperator }: StoryScreen): Screen {
  const content = html`<div data-follows="streams" data-stream="${stream}">
    <p class="crumbs"><a href="${streamPath(stream)}">${stream}</a></p>
    <h1><bdi dir="ltr">${showInvisible(String(id))}</bdi>: ${story.state}</h1>
    <dl class="facts">${story.lines.map(fact)}</dl>
    ${isOperator ? checkAgain(stream, id) : viewerNote('have an event checked again with its system of record')}
    ${gapsFrom.map((from) => html`<p><a href="${gapPath(stream, from)}" data-row>Gap from ${from} on</a></p>`)}
    ${letterIds.map((letter) => html`<p><a href="${letterPath(letter)}" data-row>Dead letter ${letter}</a></p>`)}
  </div>`;
  return { title: `${stream} ${id}`, nowMs, content };
}

function checkAgain(stream: string, id: number | string): Html {
  return html`<p class="inline" id="again" data-keep>
    <button type="button" id="recheck" data-key="c" data-stream="${stream}" data-id="${id}" data-kind="${typeof id}">
      Check again
    </button>
    <span class="faint">asks the system of record about its published events</span>
    <span id="recheck-said" role="status"></span>
  </p>`;
}

function fact({ name, text }: StoryLine): Html {
  const value = html`<dd><bdi dir="ltr">${showInvisible(text)}</bdi></dd>`;
  return name === ''
    ? value
    : html`<dt>${name}</dt>
        ${value}`;
}
