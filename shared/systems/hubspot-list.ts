import * as objects from '@hubspot/api-client/lib/codegen/crm/objects/index.js';
import type { ListAnswer, ListQuery } from '../reconciliation/list.ts';
import { modifiedProperty } from '../record-kinds.ts';
import type { HubSpotSettings } from '../system-settings.ts';
import { parseIso8601 } from '../timestamps/iso8601.ts';
import { exchange } from './exchange.ts';
import { hubspotConfiguration, objectTypeOf } from './hubspot-client.ts';
import { itemsIn, unreadableList, type RawItem } from './items-in.ts';
import { unlessUnknown, type ListReader } from './list-reader.ts';

/** The maximum number of records in a page. */
const pageSize = 200;

/**
 * Searches HubSpot's records by the time of their last change, one kind after the other, in the order of their ids. The
 * cursor is the kind and the last id. By an offset, a record that changes meanwhile would make another be skipped, and
 * only the first 10,000 records could be read.
 */
export class HubSpotList implements ListReader {
  private readonly settings: HubSpotSettings;

  constructor(settings: HubSpotSettings) {
    this.settings = settings;
  }

  async page(query: ListQuery, after: string | undefined, signal: AbortSignal): Promise<ListAnswer> {
    const [, kind = query.types[0] ?? '', above = '0'] = /^(\w+)>(\d{1,20})$/.exec(after ?? '') ?? [];
    if (!query.types.includes(kind)) return 'unknown cursor';
    const read = await unlessUnknown(after, () =>
      exchange({ system: 'hubspot', signal, codeOf: ({ category }) => category, isAbsent: () => false }, (made) =>
        new objects.SearchApi(hubspotConfiguration(this.settings, made)).doSearch(
          objectTypeOf(kind),
          searchOf(query, kind, above),
        ),
      ),
    );
    if (read === 'unknown cursor') return read;
    const records = itemsIn('hubspot', read?.text ?? '', 'results');
    const last = records.at(-1)?.members.id;
    const isFull = records.length === pageSize;
    if (isFull && !/^\d{1,20}$/.test(String(last))) throw unreadableList('hubspot');
    const following = query.types[query.types.indexOf(kind) + 1];
    return {
      items: records.filter((record) => isAskedFor(record, kind, query)).map(({ text }) => text),
      next: isFull ? `${kind}>${String(last)}` : following && `${following}>0`,
    };
  }
}

function searchOf(
  { fromMs, toMs, properties = [] }: ListQuery,
  kind: string,
  above: string,
): objects.PublicObjectSearchRequest {
  const time = modifiedProperty(kind);
  const between = { propertyName: time, operator: 'BETWEEN', value: String(fromMs), highValue: String(toMs) };
  const next = { propertyName: 'hs_object_id', operator: 'GT', value: above };
  return Object.assign(new objects.PublicObjectSearchRequest(), {
    limit: pageSize,
    sorts: ['hs_object_id'],
    properties: [...new Set(['hs_object_id', time, ...properties])],
    filterGroups: [{ filters: [between, next] }],
  });
}

/** Whether a record is in the span. The search may be behind the records that it shows. */
function isAskedFor({ members }: RawItem, kind: string, { fromMs, toMs }: ListQuery): boolean {
  const { archived, updatedAt, properties } = members;
  const own = (properties as Readonly<Record<string, unknown>> | undefined)?.[modifiedProperty(kind)] ?? updatedAt;
  const changedAtMs = typeof own === 'string' ? parseIso8601(own)?.ms : undefined;
  return archived !== true && (changedAtMs === undefined || (changedAtMs >= fromMs && changedAtMs <= toMs));
}
