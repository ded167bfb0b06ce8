import { recordStates, type RecordState } from '../../../shared/dead-letter/dead-letter.ts';
import { codes } from '../../../shared/failure.ts';
import { functionNames } from '../../../shared/topology.ts';
import { formatAmount } from '../../../shared/views/format.ts';
import type { LetterHead } from '../../../shared/views/letter-head.ts';
import { html, trusted, type Html } from './html.ts';
import type { Screen } from './layout.ts';
import { letterTable } from './letter-table.ts';
import { sayWhy, someText } from './note-field.ts';
import { lettersPath } from './paths.ts';
import { viewerNote } from './viewer-note.ts';

export interface LettersScreen {
  readonly nowMs: number;
  readonly letters: readonly LetterHead[];
  /** The filter, as it stands in the address, without the position. */
  readonly query: URLSearchParams;
  readonly isLaterPage: boolean;
  readonly isOperator: boolean;
  readonly next: string | undefined;
  /** The number of heads that were looked at for a text. */
  readonly scanned: number;
}

/** Shows the dead letters that a filter allows: their list, and their counts, which the script adds. */
export function lettersPage(screen: LettersScreen): Screen {
  const { nowMs, letters, query, isOperator } = screen;
  const content = html`<div data-follows="letters">
    <h1>Dead letters</h1>
    ${filters(query)}
    <section aria-label="Counts" id="counts" data-keep data-query="${filterOf(query).toString()}">
      <p class="faint">Counting …</p>
    </section>
    <div class="between">${isOperator ? forMany(query) : notForViewers} ${order(query)}</div>
    ${letters.length === 0 ? empty(query) : letterTable(letters, nowMs)} ${pager(screen)}
  </div>`;
  return { title: 'Dead letters', part: 'letters', nowMs, content, ...(isOperator && { dialogs: bulkDialog }) };
}

function forMany(query: URLSearchParams): Html {
  return query.has('text') ? notSearched : bulk(query);
}

const notForViewers = viewerNote('replay, discard, reopen and export letters');

/** The changes of many letters that a state allows. */
const bulkActions: Readonly<Record<RecordState, readonly (keyof typeof bulkButtons)[]>> = {
  open: ['replay', 'discard'],
  sending: [],
  sent: [],
  done: ['reopen'],
  discarded: ['reopen'],
};

const bulkButtons = {
  replay: html`<button type="button" id="bulk-replay" data-key="r" title="replay all that match">
    Replay these …
  </button>`,
  discard: html`<button type="button" id="bulk-discard" data-key="d" title="discard all that match">
    Discard these …
  </button>`,
  reopen: html`<button type="button" id="bulk-reopen" data-key="u" title="reopen all that match">
    Reopen these …
  </button>`,
};

/** Offers what can be done with all letters that the filter allows. */
function bulk(query: URLSearchParams): Html {
  const filter = filterOf(query).toString();
  const state = recordStates.find((one) => one === query.get('state'));
  return html`<div class="inline" id="bulk" data-keep data-query="${filter}">
    ${state === undefined ? chooseState(query) : bulkActions[state].map((action) => bulkButtons[action])}
    <a href="/api/dead-letters/export?${filter}" download="dead-letters.ndjson">Export</a>
  </div>`;
}

/** Leads to the open ones of the letters, since letters of several states cannot be changed in one way. */
function chooseState(query: URLSearchParams): Html {
  const open = new URLSearchParams(query);
  open.set('state', 'open');
  return html`<span class="faint"
    ><a href="${lettersPath}?${open.toString()}">Choose the open ones</a> to replay or discard them together.</span
  >`;
}

/** Counts, exports and bulk actions follow the filter alone: a search looks at 1,000 heads at a time. */
const notSearched = html`<p class="faint">
  The counts leave out the search. Letters can be replayed, discarded and exported together without a search only.
</p>`;

/** Returns the filter of an address, without search and order. */
function filterOf(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...query].filter(([name]) => name !== 'text' && name !== 'sort'));
}

/** Shows the order of the list, and leads to the other one. */
function order(query: URLSearchParams): Html {
  const other = new URLSearchParams(query);
  if (query.get('sort') === 'oldest') other.delete('sort');
  else other.set('sort', 'oldest');
  const [now, then] = other.has('sort') ? ['Newest', 'oldest'] : ['Oldest', 'newest'];
  return html`<p>
    ${now} first <a href="${lettersPath}?${other.toString()}" data-key="t" title="${then} first">${then} first</a>
  </p>`;
}

function empty(query: URLSearchParams): Html {
  if (query.size > 0) return html`<p class="empty"><strong>No letter matches.</strong></p>`;
  return html`<p class="empty">
    <strong>No dead letter.</strong> An event that cannot be corrected is filed here, as the producer sent it, with a
    code that names the problem.
  </p>`;
}

const texts = [
  ['stream', 'Stream', ''],
  ['id', 'Id', 'with its stream'],
  ['type', 'Type', ''],
  ['source', 'Source', ''],
  ['from', 'From (UTC)', '2026-07-01T12:00:00Z'],
  ['to', 'To (UTC)', '2026-07-01T13:00:00Z'],
] as const;

/** The filter. It stands in the address, so that it can be sent to somebody. */
function filters(query: URLSearchParams): Html {
  const isNarrow = [...texts.map(([name]) => name), 'stage'].some((name) => query.has(name));
  return html`<form class="filters" method="get" action="${lettersPath}" role="search" id="filters" data-keep>
    ${choice('state', 'State', recordStates, query, 'f')} ${choice('code', 'Code', codes, query)}
    <label>Search <input name="text" value="${query.get('text') ?? ''}" data-key="/" title="search the heads" /></label>
    ${['reason', 'sort'].map((name) => hidden(name, query.get(name)))}
    <details ${isNarrow ? trusted('open') : undefined}>
      <summary>More</summary>
      ${choice('stage', 'Stage', functionNames, query)}
      ${texts.map(
        ([name, label, example]) =>
          html`<label
            >${label} <input name="${name}" value="${query.get(name) ?? ''}" placeholder="${example}"
          /></label>`,
      )}
    </details>
    <button>Filter</button> <a href="${lettersPath}">All</a> ${oneReason(query)}
  </form>`;
}

/** Says that the list is of one reason, for which the filter has no field. */
function oneReason(query: URLSearchParams): Html | undefined {
  if (!query.has('reason')) return undefined;
  const all = new URLSearchParams(query);
  all.delete('reason');
  return html`<span>Letters of one reason only. <a href="${lettersPath}?${all.toString()}">Show all reasons</a></span>`;
}

function hidden(name: string, value: string | null): Html | undefined {
  return value === null ? undefined : html`<input type="hidden" name="${name}" value="${value}" />`;
}

function choice(name: string, label: string, values: readonly string[], query: URLSearchParams, key?: string): Html {
  const chosen = query.get(name);
  return html`<label
    >${label}
    <select name="${name}" ${key === undefined ? undefined : html`data-key="${key}" title="go to the filter"`}>
      <option value="">any</option>
      ${values.map((value) => html`<option ${value === chosen ? trusted('selected') : undefined}>${value}</option>`)}
    </select></label
  >`;
}

function pager({ query, isLaterPage, next, scanned, letters }: LettersScreen): Html {
  const [first, later] = query.get('sort') === 'oldest' ? ['oldest', 'newer'] : ['newest', 'older'];
  const more = new URLSearchParams(query);
  if (next !== undefined) more.set('cursor', next);
  const searched = query.has('text')
    ? html`<span class="faint">${formatAmount(scanned)} heads searched</span>`
    : undefined;
  return html`<p class="inline">
    ${isLaterPage ? html`<a href="${lettersPath}?${query.toString()}">${first}</a>` : undefined}
    ${next === undefined ? undefined : html`<a href="${lettersPath}?${more.toString()}" rel="next" data-key="n">${letters.length === 0 ? 'search on' : `${later} letters`}</a>`}
    ${searched}
  </p>`;
}

const bulkDialog = html`<dialog id="bulk-dialog" aria-labelledby="bulk-title">
  <form method="dialog">
    <h2 id="bulk-title">Replay letters</h2>
    <p>Letters with <strong id="bulk-filter"></strong>, for example:</p>
    <ul id="bulk-examples"></ul>
    <p id="bulk-patch-line">
      <label
        >First apply a JSON Patch (RFC 6902) to each; may be empty
        <textarea id="bulk-patch" rows="3" spellcheck="false"></textarea>
      </label>
    </p>
    <p id="bulk-note-line">
      <label>Why <input id="bulk-note" maxlength="500" pattern="${someText}" title="${sayWhy}" /></label>
    </p>
    <p>
      <label>At most <input id="bulk-rate" type="number" min="1" max="200" value="50" /> letters a second</label>
    </p>
    <p id="bulk-said" role="status"></p>
    <p id="bulk-tried"></p>
    <ul id="bulk-refused"></ul>
    <p id="bulk-job"></p>
    <p class="inline">
      <button id="bulk-main">Count them</button>
      <button type="button" id="bulk-stop" hidden>Stop</button>
      <button type="button" data-close>Close</button>
    </p>
  </form>
</dialog>`;
