import { countHeldOrExpected } from '../../../shared/audit/books.ts';
import { isInOrder, type FrontAudit, type StreamAudit } from '../../../shared/audit/stream-audit.ts';
import { spellRange } from '../../../shared/gaps/range.ts';
import { formatAmount } from '../../../shared/views/format.ts';
import { spellDifference } from '../../../shared/views/spell-difference.ts';
import { gapsUnknown } from '../../../shared/views/unnumbered-view.ts';
import { html, type Html } from './html.ts';
import type { Screen } from './layout.ts';
import { booksPath, streamPath } from './paths.ts';
import { table, type PageColumn } from './table.ts';

export interface BooksScreen {
  readonly nowMs: number;
  readonly audit: StreamAudit;
}

/** Shows whether every expected id of a stream is in exactly one place. It is not refreshed, because it reads much. */
export function booksPage({ nowMs, audit }: BooksScreen): Screen {
  const { stream, fronts, findings, notes = [], unnumbered } = audit;
  const content = html`<div data-still>
    <p class="crumbs"><a href="${streamPath(stream)}">${stream}</a></p>
    <h1>Books of ${stream}</h1>
    ${unnumbered ? html`<p>${gapsUnknown}</p>` : verdict(audit)} ${fronts.length > 0 ? frontTable(fronts) : undefined}
    ${list('Findings', findings)} ${list('Notes', notes)}
    <p><a href="${booksPath(stream)}" data-key="a">Count again</a></p>
  </div>`;
  return { title: `Books of ${stream}`, nowMs, content };
}

function verdict(audit: StreamAudit): Html {
  if (isInOrder(audit)) return html`<p class="good">The books balance: every expected id is in exactly one place.</p>`;
  return html`<p class="bad">
    ${audit.difference === 0 ? 'Something is wrong, though the books balance' : `The ${spellDifference(audit.difference)}`}.
    The findings say where.
  </p>`;
}

function frontTable(fronts: readonly FrontAudit[]): Html {
  return table({ label: 'Books', columns, rows: fronts, idOf: ({ from }) => `front-${from}` });
}

const counts: readonly (readonly [string, string, (front: FrontAudit) => number])[] = [
  ['Ids', 'The expected ids of the front. The columns to the right add up to it', countHeldOrExpected],
  ['Clean', 'Their events are accepted for the clean events', ({ held }) => held.clean],
  ['Being verified', 'Their events are with verify', ({ held }) => held.suspect],
  ['Reconstructed', 'An inferred event stands in for the one that never came', ({ held }) => held.reconstructed],
  ['Closed', 'Their events failed or were refused, or a producer voided them: nothing is published', closedIn],
  ['Missing', 'In a gap that is not resolved', ({ missing }) => missing],
  ['Given up', 'In a gap that was given up. A dead letter lists them', ({ givenUp }) => givenUp],
  ['Taken for void', 'Never asked for, since holes are normal in the stream', ({ assumed }) => assumed],
  ['Not looked at yet', 'No sweep has looked for holes among them', ({ notLookedAt }) => notLookedAt],
  ['Difference', 'In no place, or in two. It must be 0', ({ difference }) => difference],
];

function closedIn({ held }: FrontAudit): number {
  return held.closed;
}

const columns: readonly PageColumn<FrontAudit>[] = [
  { title: 'Front', isName: true, show: spellRange },
  ...counts.map(([title, about, count]) => ({
    title,
    about,
    kind: 'number' as const,
    show: (front: FrontAudit) => formatAmount(count(front)),
  })),
];

function list(title: string, lines: readonly string[]): Html | undefined {
  if (lines.length === 0) return undefined;
  return html`<section aria-label="${title}">
    <h2>${title}</h2>
    <ul>
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>
  </section>`;
}
