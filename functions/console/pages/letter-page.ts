import { spellRange } from '../../../shared/gaps/range.ts';
import { formatBytes, showInvisible } from '../../../shared/views/format.ts';
import type { LetterGaps } from '../../../shared/views/letter-gaps.ts';
import type { historyView, LetterHead } from '../../../shared/views/letter-head.ts';
import { askButton, askNote } from './ask-form.ts';
import { spellBecause } from '../../../shared/views/spell-because.ts';
import { html, type Html, type Value } from './html.ts';
import type { Screen } from './layout.ts';
import { eventOf } from './letter-table.ts';
import { sayWhy, someText } from './note-field.ts';
import { gapPath, jobPath, lettersPath, streamPath } from './paths.ts';
import { outcomeMeaning, stateMeaning } from './state-meaning.ts';
import { time, timeAndDistance } from './time.ts';
import { viewerNote } from './viewer-note.ts';

export interface LetterScreen {
  readonly nowMs: number;
  readonly head: LetterHead;
  readonly root: string;
  readonly history: readonly ReturnType<typeof historyView>[];
  /** The entries that the store holds for the event, one line each. */
  readonly entries: readonly string[];
  /** Only for a letter about gaps. */
  readonly gaps: LetterGaps | undefined;
  readonly isOperator: boolean;
}

/** Shows one dead letter: why it failed, its history, and its message beside the draft, which the script loads. */
export function letterPage({ nowMs, head, root, history, entries, gaps, isOperator }: LetterScreen): Screen {
  const { id, code, detail, state } = head;
  const content = html`<div data-follows="letters">
    <p class="crumbs"><a href="${lettersPath}?state=open">Dead letters</a></p>
    <div
      id="letter-head"
      data-revision="${head.revision}"
      data-state="${state}"
      data-detail="${detail}"
      data-gap="${String(head.isGap)}"
      data-draft="${String(head.hasDraft)}"
      data-erased="${String(head.erasedAt !== undefined)}"
    >
      <h1><span class="badge ${state}">${state}</span> ${code}</h1>
      <dl class="facts">${facts(head, root, entries, nowMs)}</dl>
    </div>
    ${gaps ? gapNote(gaps, isOperator) : undefined} ${isOperator ? work(id) : notForViewers}
    <section aria-labelledby="history">
      <h2 id="history">History</h2>
      <ol class="history" reversed>
        ${history.map((entry) => historyLine(entry, nowMs))}
      </ol>
    </section>
  </div>`;
  return { title: `${code} ${id}`, part: 'letters', nowMs, content, ...(isOperator && { dialogs: dialogsOf(head) }) };
}

const notForViewers = viewerNote('see the message of a letter, edit, replay, discard and reopen it');

function facts(head: LetterHead, root: string, entries: readonly string[], nowMs: number): Html {
  const { state, meaning, detail, stage, bytes, replay, failedAt, firstAt, note, outcome, because, isGap } = head;
  const { erasedAt } = head;
  const held = entries.map((line) => html`<div>${line}</div>`);
  const rows: readonly (readonly [string, Value])[] = [
    ['state', `${state}: ${outcome === undefined ? stateMeaning[state] : outcomeMeaning[outcome]}`],
    ['why', html`${meaning}: <strong><bdi dir="ltr">${showInvisible(detail)}</bdi></strong>`],
    ['event', eventOf(head)],
    ['found by', stage],
    [
      'failed',
      html`${timeAndDistance(failedAt, nowMs)}${isSameMoment(firstAt, failedAt) ? undefined : html`, and for the first time ${time(firstAt, nowMs)}`}`,
    ],
    ...(isGap ? [] : [['store', held.length === 0 ? 'nothing is held for its event' : held] as const]),
    ...(isGap ? [] : [['replays', replay] as const]),
    ...(bytes === undefined ? [] : [['size', formatBytes(bytes)] as const]),
    ...(outcome === undefined ? [] : [['outcome', outcome] as const]),
    ...(because === undefined || because === 'failed' ? [] : [['open because', spellBecause(because)] as const]),
    ...(erasedAt === undefined ? [] : [['content', html`erased ${timeAndDistance(erasedAt, nowMs)}`] as const]),
    ...(note === undefined ? [] : [['note', note] as const]),
    ['root', html`<bdi dir="ltr">${showInvisible(root)}</bdi>`],
  ];
  return html`${rows.map(
    ([name, value]) =>
      html`<dt>${name}</dt>
        <dd>${value}</dd>`,
  )}`;
}

/** Whether two times are those of one failure: when it was found, and when it was filed a little later. */
function isSameMoment(a: string, b: string): boolean {
  return Math.abs(Date.parse(a) - Date.parse(b)) < 60_000;
}

/** The part of the page that belongs to the script: the message, the draft, and what can be done. */
function work(id: string): Html {
  return html`<div id="work" data-keep data-letter="${id}">
    <p class="inline">
      ${action('edit', 'Edit', 'e')} ${action('save', 'Save draft', 's')} ${action('drop', 'Drop draft')}
      ${action('replay', 'Replay …', 'r')} ${action('discard', 'Discard …', 'd')} ${action('reopen', 'Reopen', 'u')}
      <button type="button" id="copy" data-key="y">Copy link</button>
      <span id="said" role="status"></span>
    </p>
    <div class="columns">
      <section aria-labelledby="original-title">
        <h2 id="original-title">
          Original <span class="count" id="masked"></span>
          <button type="button" class="quiet" id="unmask" title="the audit trail says who looked" hidden>
            Show personal values
          </button>
        </h2>
        <pre id="original" tabindex="0" aria-labelledby="original-title">Loading …</pre>
        <p id="original-attributes" class="faint"></p>
      </section>
      <section aria-labelledby="draft-title" id="editor" hidden>
        <h2 id="draft-title">Draft</h2>
        <p id="draft-masked" class="faint" hidden>
          <span id="draft-mask-note"></span>
          <button type="button" class="quiet" id="draft-unmask" title="the audit trail says who looked">
            Show personal values
          </button>
        </p>
        <textarea
          id="draft"
          spellcheck="false"
          rows="14"
          aria-labelledby="draft-title"
          aria-describedby="verdict"
        ></textarea>
        <p id="verdict" role="status"></p>
        <ul id="diff" class="diff"></ul>
        <fieldset id="attribute-fields">
          <legend>Attributes</legend>
          <div id="attributes"></div>
          <button type="button" id="attribute-add">Add an attribute</button>
        </fieldset>
      </section>
    </div>
  </div>`;
}

/** Shows the gaps of a letter, which has no event to replay, each with what can be done. */
function gapNote({ stream, from, gaps, isCut }: LetterGaps, isOperator: boolean): Html {
  return html`<section aria-labelledby="its-gaps">
    <h2 id="its-gaps">
      Its gaps <span class="count"><a href="${streamPath(stream)}#gaps">all gaps of ${stream}</a></span>
    </h2>
    <p>
      It is about <a href="${gapPath(stream, from)}">the gap at ${from}</a> and those that were given up with it. It has
      no event, so it is never replayed. It is done when the last of them is resolved.
    </p>
    <ul class="gaps">
      ${gaps.map(
        (gap) =>
          html`<li id="listed-${gap.from}">
            <a href="${gapPath(stream, gap.from)}" data-row>${spellRange(gap)}</a>
            ${isOperator ? askButton(gap, 'Ask again') : undefined}
          </li>`,
      )}
    </ul>
    ${gapsNote(gaps.length, isOperator)}
    ${isCut ? html`<p>There are more: the page of the stream lists them.</p>` : undefined}
  </section>`;
}

function gapsNote(count: number, isOperator: boolean): Html {
  if (count === 0) return html`<p>None of them is given up any more.</p>`;
  return isOperator ? askNote(true) : viewerNote('have the producer asked again');
}

function action(id: string, text: string, key = ''): Html {
  const name = text.replace(' …', '').toLowerCase();
  return key === ''
    ? html`<button type="button" id="${id}" hidden>${text}</button>`
    : html`<button type="button" id="${id}" data-key="${key}" title="${name}" hidden>${text}</button>`;
}

function historyLine({ at, by, did, replay, note, job }: LetterScreen['history'][number], nowMs: number): Html {
  const more = [replay > 0 ? `replay ${replay}` : '', note ?? ''].filter((text) => text !== '');
  return html`<li>
    ${time(at, nowMs)} ${by}:
    ${did}${more.length > 0 ? html` · <bdi dir="ltr">${showInvisible(more.join(' · '))}</bdi>` : undefined}
    ${job === undefined ? undefined : html` · <a href="${jobPath(job)}">job</a>`}
  </li>`;
}

function dialogsOf({ code }: LetterHead): Html {
  return html`<dialog id="replay-dialog" aria-labelledby="replay-title">
      <form method="dialog">
        <h2 id="replay-title">Replay this letter?</h2>
        <p id="replay-verdict" role="status"></p>
        <ul id="replay-diff" class="diff"></ul>
        <p>
          <label><input type="checkbox" id="replace" /> Replace the event that has its key</label>
          ${code === 'ERR_CONFLICT' ? html`<br /><strong>Without this, a conflict comes back.</strong>` : undefined}
        </p>
        <p>
          <label><input type="checkbox" id="forgotten" /> Send it also if nobody knows whether it was published</label>
        </p>
        <p data-problem class="bad" role="alert"></p>
        <p class="inline"><button autofocus>Replay</button> <button type="button" data-close>Cancel</button></p>
      </form>
    </dialog>
    <dialog id="discard-dialog" aria-labelledby="discard-title">
      <form method="dialog">
        <h2 id="discard-title">Discard this letter?</h2>
        <p>
          <label>Why <input id="note" maxlength="500" required pattern="${someText}" title="${sayWhy}" /></label>
        </p>
        <p data-problem class="bad" role="alert"></p>
        <p class="inline"><button>Discard</button> <button type="button" data-close>Cancel</button></p>
      </form>
    </dialog>`;
}
