import { bearerOf, type StandInAnswer, type StandInRequest } from './answer.ts';
import { standInKeys } from './keys.ts';
import { upsertRecords, type Upsert } from './hubspot-upsert.ts';
import type { StandInRecord, StandInRecords } from './records.ts';

const kinds: Readonly<Record<string, string>> = { contacts: 'contact', companies: 'company', deals: 'deal' };

interface BatchRead {
  /** The property whose values the inputs are. Without it they are ids of records. */
  readonly idProperty?: string;
  readonly inputs?: readonly { readonly id?: string }[];
  readonly properties?: readonly string[];
  readonly propertiesWithHistory?: readonly string[];
}

interface Search {
  readonly limit?: number;
  readonly after?: string;
  readonly properties?: readonly string[];
  readonly filterGroups?: readonly { readonly filters?: readonly Filter[] }[];
}

interface Filter {
  readonly propertyName: string;
  readonly operator: string;
  readonly value?: string;
  readonly highValue?: string;
}

/** Answers as HubSpot's CRM API does. Undefined for a path that it does not serve. */
export function answerAsHubSpot(request: StandInRequest, records: StandInRecords): StandInAnswer | undefined {
  const [, type = '', action = ''] =
    /^\/crm\/v3\/objects\/([a-z]+)\/(batch\/read|batch\/upsert|search)$/.exec(request.url.pathname) ?? [];
  const kind = kinds[type];
  if (kind === undefined || request.method !== 'POST') return undefined;
  if (bearerOf(request.headers) !== standInKeys.HUBSPOT_ACCESS_TOKEN)
    return hubspotError(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found.');
  const wanted = JSON.parse(request.body) as BatchRead & Search & Upsert;
  const all = records.list('hubspot', kind, request.nowMs);
  if (action === 'search') return search(wanted, all);
  if (action === 'batch/read') return read(wanted, finderOf(kind, wanted, records, all));
  return upsertRecords(kind, wanted, records, request.nowMs) ?? invalid('Each input needs an id and an idProperty.');
}

/** Finds records by the value of a property, or by their ids. */
function finderOf(
  kind: string,
  { idProperty }: BatchRead,
  records: StandInRecords,
  all: readonly StandInRecord[],
): (id: string) => StandInRecord | undefined {
  if (idProperty === undefined) return (id) => records.find('hubspot', kind, id);
  return (id) => all.find(({ properties }) => (properties as StandInRecord | undefined)?.[idProperty] === id);
}

function invalid(message: string): StandInAnswer {
  return hubspotError(400, 'VALIDATION_ERROR', message);
}

function hubspotError(status: number, category: string, message: string): StandInAnswer {
  return { status, body: { status: 'error', category, message, correlationId: 'stand-in' } };
}

function read({ inputs = [], ...wanted }: BatchRead, find: (id: string) => StandInRecord | undefined): StandInAnswer {
  const most = wanted.propertiesWithHistory?.length ? 50 : 100;
  if (inputs.length > most) return invalid(`The maximum batch size is ${most}.`);
  const results: unknown[] = [];
  const missing: string[] = [];
  for (const { id = '' } of inputs) {
    const record = find(id);
    if (record) results.push(shown(record, wanted));
    else missing.push(id);
  }
  const errors = {
    numErrors: 1,
    errors: [{ status: 'error', category: 'OBJECT_NOT_FOUND', context: { ids: missing } }],
  };
  return {
    status: missing.length > 0 ? 207 : 200,
    body: { status: 'COMPLETE', results, ...(missing.length > 0 && errors) },
  };
}

/** Shows the properties that were asked for. One without a value is null. */
function shown(record: StandInRecord, { properties = [], propertiesWithHistory = [] }: BatchRead): object {
  const own = record.properties as StandInRecord | undefined;
  const history = record.propertiesWithHistory as StandInRecord | undefined;
  const standard = ['createdate', 'hs_object_id', 'lastmodifieddate'];
  return {
    archived: false,
    ...record,
    properties: Object.fromEntries([...standard, ...properties].map((name) => [name, own?.[name] ?? null])),
    propertiesWithHistory: Object.fromEntries(propertiesWithHistory.map((name) => [name, history?.[name] ?? []])),
  };
}

/** Searches as far as a reconciliation needs it: times between two values, ids above one, sorted by id. */
function search(
  { limit = 10, after = '0', properties = [], filterGroups = [] }: Search,
  all: readonly StandInRecord[],
): StandInAnswer {
  if (limit > maxPage) return hubspotError(400, 'VALIDATION_ERROR', `The maximum page size is ${maxPage}.`);
  if (Number(after) + limit > maxSearched)
    return hubspotError(400, 'VALIDATION_ERROR', `Only the first ${maxSearched} results can be paged.`);
  const filters = filterGroups[0]?.filters ?? [];
  const found = all
    .filter((record) => filters.every((filter) => passes(record, filter)))
    .toSorted((a, b) => Number(a.id) - Number(b.id));
  const from = Number(after);
  const results = found.slice(from, from + limit).map((record) => shownInList(record, properties));
  const next = from + results.length;
  const paging = next < found.length && { paging: { next: { after: String(next) } } };
  return { status: 200, body: { total: found.length, results, ...paging } };
}

/** The limits of HubSpot's search. */
const maxPage = 200;
const maxSearched = 10_000;

/** Shows a record without its history, which lists do not have. */
function shownInList(record: StandInRecord, properties: readonly string[]): unknown {
  const isHistory = ([name]: readonly [string, unknown]): boolean => name === 'propertiesWithHistory';
  return Object.fromEntries(Object.entries(shown(record, { properties })).filter((member) => !isHistory(member)));
}

function passes(record: StandInRecord, { propertyName, operator, value = '', highValue = '' }: Filter): boolean {
  const properties = record.properties as StandInRecord | undefined;
  const beside =
    propertyName === 'hs_object_id' ? record.id : propertyName.endsWith('modifieddate') && record.updatedAt;
  const own = numberOf(properties?.[propertyName] ?? beside);
  if (operator === 'BETWEEN') return own >= numberOf(value) && own <= numberOf(highValue);
  return operator === 'GT' ? own > numberOf(value) : true;
}

function numberOf(value: unknown): number {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
}
