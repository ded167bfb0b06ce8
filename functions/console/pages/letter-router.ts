import { headOf } from '../../../shared/dead-letter/dead-letter.ts';
import { LetterOperations } from '../../../shared/operator/letter-operations.ts';
import type { Entry } from '../../../shared/tracking/entry.ts';
import { historyView, letterHead } from '../../../shared/views/letter-head.ts';
import { loadLetterGaps } from '../../../shared/views/letter-gaps.ts';
import { loadLetterPage } from '../../../shared/views/letter-list.ts';
import { entryView } from '../../../shared/views/story/story.ts';
import type { ApiDeps } from '../api/deps.ts';
import { findRecord } from '../api/letter-routes.ts';
import { readFilter, readOrder, readText } from '../api/read-request.ts';
import { RequestError } from '../response.ts';
import type { Screen } from './layout.ts';
import { letterPage } from './letter-page.ts';
import { lettersPage } from './letters-page.ts';

/** The number of letters on a page. */
const maxLetters = 50;

/** Shows the letters that the filter in the address allows. A field of the form that was left empty is no filter. */
export async function findLetters(deps: ApiDeps, address: URLSearchParams, isOperator: boolean): Promise<Screen> {
  const query = new URLSearchParams([...address].filter(([, value]) => value.trim() !== ''));
  const cursor = query.get('cursor') ?? undefined;
  query.delete('cursor');
  const filter = readFilter(deps, query);
  const wanted = { filter, text: readText(query, 'text'), limit: maxLetters, after: cursor, order: readOrder(query) };
  const page = await loadLetterPage(deps.letterIndex, wanted);
  if (!page) throw new RequestError(400, 'cursor must be the "next" of a list of dead letters.');
  return lettersPage({
    nowMs: deps.clock.now(),
    letters: page.heads.map(letterHead),
    query,
    isLaterPage: cursor !== undefined,
    isOperator,
    next: page.next,
    scanned: page.scanned,
  });
}

export async function findLetter(deps: ApiDeps, id: string, isOperator: boolean): Promise<Screen> {
  const record = await findRecord(deps, id);
  const [{ entries }, gaps] = await Promise.all([
    new LetterOperations(deps).askStore(record),
    loadLetterGaps(deps.ledger, record.root),
  ]);
  return letterPage({
    nowMs: deps.clock.now(),
    head: letterHead(headOf(record)),
    root: record.root,
    history: record.history.map(historyView).toReversed(),
    entries: entries.map(describeEntry),
    gaps,
    isOperator,
  });
}

/** Describes an entry in one line. Its key is not told, because an entry has only its digest. */
function describeEntry(entry: Entry): string {
  const { state, type, timestamp } = entryView(entry, undefined);
  return [state, knownOf(entry), type, timestamp].filter((part) => part !== undefined).join(' · ');
}

/** Says whether the event of an entry was published. */
function knownOf({ state, published }: Entry): string {
  switch (state) {
    case 'clean':
    case 'reconstructed':
      return published ? 'published' : 'not known to be published';
    case 'suspect':
      return 'being verified';
    case 'closed':
      return 'nothing published';
  }
}
