import { headOf, type DeadLetter, type DeadLetterHead } from '../../../shared/dead-letter/dead-letter.ts';
import type { LetterFilter } from '../../../shared/dead-letter/letter-filter.ts';
import { LetterOperations } from '../../../shared/operator/letter-operations.ts';
import { rfc3339 } from '../../../shared/views/format.ts';
import { letterBody, loadOriginal } from '../../../shared/views/letter-body.ts';
import { countLetters, groupings, type LetterGroup } from '../../../shared/views/letter-counts.ts';
import { historyView, letterHead } from '../../../shared/views/letter-head.ts';
import { loadLetterPage } from '../../../shared/views/letter-list.ts';
import { hasStream } from '../../../shared/views/load.ts';
import { entryView } from '../../../shared/views/story/story.ts';
import { jsonResponse, RequestError, streamResponse, type ConsoleResponse } from '../response.ts';
import { ShortCache } from './short-cache.ts';
import type { ApiDeps } from './deps.ts';
import { filterParameters, readFilter, readFlag, readLimit, readOrder, readText } from './read-request.ts';
import type { ApiRoute, RoutedRequest } from './route.ts';

const list = '/api/dead-letters';
const unmask = 'true: do not mask personal values';
const textParameter = { text: 'letters whose head has this text; 1,000 heads are looked at in one request' };

/** The addresses at which letters are looked at. */
export function letterRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const counted = new ShortCache<readonly LetterGroup[]>(deps.clock);
  return [
    {
      method: 'GET',
      path: list,
      role: 'viewer',
      summary: 'lists letters without their messages',
      query: {
        ...filterParameters,
        ...textParameter,
        sort: 'newest (by default): those that were opened last first; or oldest',
        limit: '1 to 500; 50 by default',
        cursor: 'the `next` of a page',
      },
      answer: (request) => listLetters(deps, request),
    },
    {
      method: 'GET',
      path: `${list}/counts`,
      role: 'viewer',
      summary: 'counts letters in groups; a count ends at 10,000, and is up to 10 s old',
      query: { ...filterParameters, by: `one of ${groupings.join(', ')}; reason needs code`, exact: 'true: count all' },
      answer: (request) => countsOf(deps, counted, request),
    },
    {
      method: 'GET',
      path: `${list}/export`,
      role: 'operator',
      summary:
        'writes letters with their messages, one JSON object a line; the last line says whether all were written',
      query: { ...filterParameters, unmask },
      answer: (request) => exportLetters(deps, request),
    },
    {
      method: 'GET',
      path: `${list}/{id}`,
      role: 'viewer',
      summary: 'shows a letter: its head, its history, and what the store holds for its event',
      answer: ({ params }) => showLetter(deps, params.id ?? ''),
    },
    {
      method: 'GET',
      path: `${list}/{id}/body`,
      role: 'operator',
      summary: 'shows the message of a letter; the audit trail says who looked',
      query: { version: 'original or draft', unmask },
      answer: (request) => showBody(deps, request),
    },
  ];
}

async function listLetters(deps: ApiDeps, { query }: RoutedRequest): Promise<ConsoleResponse> {
  const filter = readFilter(deps, query);
  const after = query.get('cursor') ?? undefined;
  const page = await loadLetterPage(deps.letterIndex, {
    filter,
    text: readText(query, 'text'),
    limit: readLimit(query, 50),
    after,
    order: readOrder(query),
  });
  if (!page) throw new RequestError(400, 'cursor must be the "next" of a list of dead letters.');
  if (page.scanned === 0 && after === undefined) await checkKnownFilter(deps, filter);
  return jsonResponse({ letters: page.heads.map(letterHead), next: page.next, scanned: page.scanned });
}

/** @throws RequestError if a filter names a stream of which nothing is stored, since that is most likely a mistake. */
export async function checkKnownFilter(deps: ApiDeps, { stream }: LetterFilter): Promise<void> {
  if (stream === undefined || (await hasStream(deps, stream))) return;
  const ofStream = await deps.letterIndex.count({ stream }, 1);
  if (ofStream > 0) return;
  throw new RequestError(404, `There is no stream ${stream}.`, {
    code: 'unknown-stream',
    next: 'GET /api/streams lists the streams.',
  });
}

async function countsOf(
  deps: ApiDeps,
  counted: ShortCache<readonly LetterGroup[]>,
  { query }: RoutedRequest,
): Promise<ConsoleResponse> {
  const filter = readFilter(deps, query);
  const by = groupings.find((one) => one === (query.get('by') ?? 'code'));
  if (!by) throw new RequestError(400, `by must be one of ${groupings.join(', ')}.`);
  if (by === 'reason' && filter.code === undefined)
    throw new RequestError(400, 'Reasons are those of a code: name it.');
  const isExact = readFlag(query, 'exact');
  const key = JSON.stringify([by, isExact, filter]);
  const { value: groups, atMs } = await counted.get(key, () => countLetters(deps, { by, filter, isExact }));
  if (groups.every(({ count }) => count === 0)) await checkKnownFilter(deps, filter);
  return jsonResponse({ groups, asOf: rfc3339(atMs) });
}

async function showLetter(deps: ApiDeps, id: string): Promise<ConsoleResponse> {
  const record = await findRecord(deps, id);
  const { root, messageIds, history } = record;
  const { entries, holds, mayBePublished } = await new LetterOperations(deps).askStore(record);
  const entry = { holds, mayBePublished, entries: entries.map((one) => entryView(one, undefined)) };
  return recordResponse(headOf(record), { root, messageIds, history: history.map(historyView), entry });
}

/** Answers with the head of a record, and its revision as ETag. */
export function recordResponse(head: DeadLetterHead, more: object = {}, status = 200): ConsoleResponse {
  return jsonResponse({ ...letterHead(head), ...more }, status, { ETag: `"${head.revision}"` });
}

async function showBody(deps: ApiDeps, { params, query, caller }: RoutedRequest): Promise<ConsoleResponse> {
  const version = query.get('version') ?? 'original';
  if (version !== 'original' && version !== 'draft') throw new RequestError(400, 'version must be original or draft.');
  const record = await findRecord(deps, params.id ?? '');
  const message = version === 'draft' ? record.draft : await loadOriginal(deps.letters, record);
  if (!message) throw new RequestError(404, 'The letter has no draft.', { next: 'Ask for version=original.' });
  const isUnmasked = readFlag(query, 'unmask');
  await deps.auditTrail.note({
    letter: record.id,
    by: caller.name,
    did: version === 'draft' ? 'viewed the draft' : 'viewed the original',
    atMs: deps.clock.now(),
    note: isUnmasked ? 'unmasked' : undefined,
  });
  const body = letterBody(message, isUnmasked ? [] : deps.catalog.personal);
  return jsonResponse({ version, revision: record.revision, ...body }, 200, { ETag: `"${record.revision}"` });
}

/** Finds a record. Texts that are no id of a letter are not passed to a store. */
export async function findRecord({ letters }: Pick<ApiDeps, 'letters'>, id: string): Promise<DeadLetter> {
  const found = /^[\w-]{1,64}$/.test(id) ? await letters.find(id) : undefined;
  if (!found)
    throw new RequestError(404, 'There is no such dead letter.', { next: 'Look for it in GET /api/dead-letters.' });
  return found.value;
}

const exportedAtOnce = 50;

async function exportLetters(deps: ApiDeps, { query, caller }: RoutedRequest): Promise<ConsoleResponse> {
  const filter = readFilter(deps, query);
  await checkKnownFilter(deps, filter);
  const personal = readFlag(query, 'unmask') ? [] : deps.catalog.personal;
  const note = query.size === 0 ? 'all letters' : query.toString();
  await deps.auditTrail.note({ letter: undefined, by: caller.name, did: 'exported', atMs: deps.clock.now(), note });
  return streamResponse('application/x-ndjson; charset=utf-8', exportLines(deps, filter, personal));
}

async function* exportLines(deps: ApiDeps, filter: LetterFilter, personal: readonly string[]): AsyncGenerator<string> {
  let [exported, position] = [0, undefined as string | undefined];
  const line = (value: object): string => `${JSON.stringify(value)}\n`;
  try {
    for (;;) {
      const page = (await deps.letterIndex.find(filter, exportedAtOnce, position)) ?? [];
      for (const { head, position: at } of page) {
        position = at;
        const record = (await deps.letters.find(head.id))?.value;
        if (!record) continue;
        const original = letterBody(await loadOriginal(deps.letters, record), personal);
        const draft = record.draft && letterBody(record.draft, personal);
        yield line({ ...letterHead(headOf(record)), root: record.root, original, draft });
        exported++;
      }
      if (page.length < exportedAtOnce) break;
    }
  } catch (error) {
    deps.log.error('an export ended early', error);
    yield line({ exported, complete: false });
    return;
  }
  yield line({ exported, complete: true });
}
