import type { DeadLetterHead } from '../dead-letter/dead-letter.ts';
import type { LetterFilter, LetterOrder } from '../dead-letter/letter-filter.ts';
import type { FoundLetter, LetterIndex } from '../letter-ports.ts';

/** A page of letters. */
export interface LetterPage {
  readonly heads: readonly DeadLetterHead[];
  /** The position of the next page. Undefined if this is the last page. */
  readonly next: string | undefined;
  /** The number of letters that were looked at. */
  readonly scanned: number;
}

export interface LetterListQuery {
  readonly filter: LetterFilter;
  /** Only letters whose head has this text, in upper or lower case. */
  readonly text: string | undefined;
  readonly limit: number;
  readonly after: string | undefined;
  readonly order: LetterOrder;
}

/** The maximum number of heads that one request looks at for a text. */
const maxScanned = 1_000;
const scannedAtOnce = 200;

/** Loads a page of letters. @returns Undefined if the position has not the form of one. */
export async function loadLetterPage(
  index: Pick<LetterIndex, 'find'>,
  { filter, text, limit, after, order }: LetterListQuery,
): Promise<LetterPage | undefined> {
  const found = text === undefined ? await index.find(filter, limit + 1, after, order) : undefined;
  if (text !== undefined) return searchText(index, { filter, text, limit, after, order });
  if (!found) return undefined;
  const shown = found.slice(0, limit);
  const next = found.length > limit ? shown.at(-1)?.position : undefined;
  return { heads: shown.map(({ head }) => head), next, scanned: shown.length };
}

/** Loads the newest open letters, which someone must act on. If they are fewer than the limit, the newest others follow. */
export async function loadFirstLetters(
  index: Pick<LetterIndex, 'find'>,
  limit: number,
): Promise<readonly DeadLetterHead[]> {
  const newest = async (filter: LetterFilter): Promise<readonly DeadLetterHead[]> =>
    ((await index.find(filter, limit)) ?? []).map(({ head }) => head);
  const open = await newest({ state: 'open' });
  if (open.length === limit) return open;
  const others = (await newest({})).filter(({ id }) => !open.some((one) => one.id === id));
  return [...open, ...others].slice(0, limit);
}

/** Reads on until enough heads have the text, or as many were looked at as one request may. */
async function searchText(
  index: Pick<LetterIndex, 'find'>,
  { filter, text, limit, after, order }: LetterListQuery & { readonly text: string },
): Promise<LetterPage | undefined> {
  const wanted = text.toLowerCase();
  const heads: DeadLetterHead[] = [];
  let [position, scanned] = [after, 0];
  while (scanned < maxScanned) {
    const page: readonly FoundLetter[] | undefined = await index.find(filter, scannedAtOnce, position, order);
    if (!page) return undefined;
    for (const { head, position: at } of page) {
      scanned++;
      position = at;
      if (textsOf(head).some((one) => one.toLowerCase().includes(wanted))) heads.push(head);
      if (heads.length === limit) return { heads, next: position, scanned };
    }
    if (page.length < scannedAtOnce) return { heads, next: undefined, scanned };
  }
  return { heads, next: position, scanned };
}

function textsOf({ id, failure, stream, type, source, eventId, uuid }: DeadLetterHead): readonly string[] {
  const { code, detail } = failure;
  return [id, code, detail, stream ?? '', type ?? '', source ?? '', String(eventId ?? ''), uuid ?? ''];
}
