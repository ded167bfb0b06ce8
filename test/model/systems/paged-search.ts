import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListQuery } from '../../../shared/reconciliation/list.ts';
import { HubSpotList } from '../../../shared/systems/hubspot-list.ts';
import { minuteMs, noon } from '../../support/builders.ts';
import { settingsOfStandIn } from '../../support/stand-in.ts';

/*
 * A list of records, sorted by what changes, is paged while one record changes: each record that stays in the span must
 * be shown. A record leaves the span when it changes.
 */

interface Search {
  readonly limit: number;
  readonly sorts: readonly string[];
  readonly after?: string;
  readonly filterGroups: readonly {
    readonly filters: readonly { readonly operator: string; readonly value: string; readonly highValue?: string }[];
  }[];
}
type Change = (search: Search) => Search;

const query: ListQuery = { fromMs: noon, toMs: noon + 60 * minuteMs, types: ['deal'] };
/** The number of records. A page has 200 of them. */
export const recordCount = 450;
const pageSize = 200;

/** Searches records as a system does that sorts as it is asked to. Each record is its id, and when it last changed. */
function answerTo({ limit, sorts, after = '0', filterGroups }: Search, changedAtMs: ReadonlyMap<number, number>) {
  const filters = filterGroups[0]!.filters;
  const span = filters.find(({ operator }) => operator === 'BETWEEN')!;
  const above = filters.find(({ operator }) => operator === 'GT');
  const found = [...changedAtMs].filter(
    ([id, ms]) => ms >= Number(span.value) && ms <= Number(span.highValue) && id > Number(above?.value ?? 0),
  );
  const isById = sorts[0] === 'hs_object_id';
  found.sort(([a, aMs], [b, bMs]) => (isById ? a - b : aMs - bMs || a - b));
  const results = found
    .slice(Number(after), Number(after) + limit)
    .map(([id, ms]) => ({ id: String(id), updatedAt: new Date(ms).toISOString() }));
  return { total: found.length, results };
}

/** Pages the list while a record changes after some pages. @returns The number of other records that were not shown. */
export async function missedOf(
  { changed, afterPages }: { readonly changed: number; readonly afterPages: number },
  change: Change = (search) => search,
): Promise<number> {
  const changedAtMs = new Map(Array.from({ length: recordCount }, (_, i) => [i + 1, noon + (recordCount - i) * 1_000]));
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const search = change(JSON.parse(Buffer.concat(parts).toString()) as Search);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answerTo(search, changedAtMs)));
    });
  });
  const list = new HubSpotList(settingsOfStandIn(await addressOf(server)).hubspot!);
  const shown = new Set<string>();
  try {
    let after: string | undefined;
    for (let pages = 0; ;) {
      const page = await list.page(query, after, AbortSignal.timeout(60_000));
      if (page === 'unknown cursor') throw new Error('the cursor is unknown');
      for (const item of page.items) shown.add((JSON.parse(item) as { id: string }).id);
      if (page.next === undefined) break;
      after = page.next;
      if (++pages === afterPages) changedAtMs.set(changed, query.toMs + minuteMs);
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return [...changedAtMs.keys()].filter((id) => id !== changed && !shown.has(String(id))).length;
}

function addressOf(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

/** A list that is sorted by the time of the change, and paged by the number of records before. */
export function byOffset(): Change {
  let asked = 0;
  return ({ limit, filterGroups: [group] }) => ({
    limit,
    sorts: ['hs_lastmodifieddate'],
    after: String(pageSize * asked++),
    filterGroups: [{ filters: group!.filters.filter(({ operator }) => operator !== 'GT') }],
  });
}
