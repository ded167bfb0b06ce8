import type { z } from 'zod';
import { recordStates } from '../../../shared/dead-letter/dead-letter.ts';
import { letterOrders, type LetterFilter, type LetterOrder } from '../../../shared/dead-letter/letter-filter.ts';
import { streamSchema } from '../../../shared/event.ts';
import { streamNameForm } from '../../../shared/sources/stream-name.ts';
import { codes } from '../../../shared/failure.ts';
import { parseDateOrTime, spelledTime } from '../../../shared/timestamps/iso8601.ts';
import { functionNames } from '../../../shared/topology.ts';
import { JsonPlaces } from '../../../shared/verification/json-places.ts';
import { mask } from '../../../shared/views/mask-personal.ts';
import type { ApiDeps } from './deps.ts';
import { RequestError } from '../response.ts';
import type { RoutedRequest } from './route.ts';

/** The parameters that choose letters, each with its meaning. */
export const filterParameters = {
  state: `one of ${recordStates.join(', ')}`,
  code: 'a code, such as ERR_INVALID_PAYLOAD',
  reason: 'the reason of a letter, as a list of letters has it',
  source: 'the name of a source; events for the topic events',
  stream: 'the name of a stream',
  type: 'a type of event',
  stage: 'the function that found the failure',
  id: 'an id, or a uuid of a stream without numbers; only with stream',
  from: 'letters that were opened at this time or later: ISO 8601, or a date; UTC without a zone',
  to: 'letters that were opened before this time',
} as const;

const maxText = 512;

/** Reads the filter of a query. @throws RequestError with the first problem. */
export function readFilter({ catalog }: Pick<ApiDeps, 'catalog'>, query: URLSearchParams): LetterFilter {
  const given = (name: keyof typeof filterParameters): string | undefined => readText(query, name);
  const stream = given('stream');
  if (stream !== undefined && !streamSchema.safeParse(stream).success)
    throw new RequestError(400, `stream takes ${streamNameForm}.`);
  const [from, to] = [readTime('from', given('from')), readTime('to', given('to'))];
  const filter: { [Name in keyof LetterFilter]: LetterFilter[Name] | undefined } = {
    state: choose('state', recordStates, given('state')),
    code: choose('code', codes, given('code')),
    stage: choose('stage', functionNames, given('stage')),
    reason: given('reason'),
    source: given('source'),
    type: given('type'),
    stream,
    id: readId(catalog, stream, given('id')),
    fromMs: from,
    toMs: to,
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/** Reads the order of a list of letters. */
export function readOrder(query: URLSearchParams): LetterOrder {
  return choose('sort', letterOrders, query.get('sort') ?? undefined) ?? 'newest';
}

export function readText(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name) ?? undefined;
  if (text === '' || (text !== undefined && text.length > maxText))
    throw new RequestError(400, `${name} must be a text of at most ${maxText} characters.`);
  return text;
}

function choose<const Value extends string>(
  name: string,
  values: readonly Value[],
  text: string | undefined,
): Value | undefined {
  const value = values.find((one) => one === text);
  if (text !== undefined && value === undefined)
    throw new RequestError(400, `${name} must be one of ${values.join(', ')}.`);
  return value;
}

function readTime(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const instant = parseDateOrTime(text);
  if (!instant) throw new RequestError(400, `${name} must be ${spelledTime}.`);
  return instant.ms;
}

function readId(
  catalog: Pick<ApiDeps['catalog'], 'stream'>,
  stream: string | undefined,
  text: string | undefined,
): number | string | undefined {
  if (text === undefined) return undefined;
  if (stream === undefined) throw new RequestError(400, 'id must come with stream: ids are those of a stream.');
  const isNumber = /^\d{1,16}$/.test(text) && catalog.stream(stream).numbering !== 'none';
  return isNumber ? Number(text) : text;
}

/** Whether a flag is set: `?unmask`, or `?unmask=true`. */
export function readFlag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  if (text === null || text === 'false') return false;
  if (text === '' || text === 'true') return true;
  throw new RequestError(400, `${name} must be true or false.`);
}

export function readLimit(query: URLSearchParams, byDefault = 100, max = 500): number {
  const text = query.get('limit');
  if (text === null) return byDefault;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > max) throw new RequestError(400, `limit must be a whole number from 1 to ${max}.`);
  return limit;
}

/** Reads the revision that the caller saw, from `If-Match`. */
export function readRevision({ headers }: Pick<RoutedRequest, 'headers'>): number {
  const text = headers['if-match'];
  if (text === undefined)
    throw new RequestError(428, 'A change needs the revision that you saw.', {
      code: 'precondition-required',
      next: 'Send If-Match with the ETag of the letter.',
    });
  const [, revision] = /^"(\d{1,15})"$/.exec(text) ?? [];
  if (revision === undefined)
    throw new RequestError(400, 'If-Match must be a revision in quotation marks, such as "7".');
  return Number(revision);
}

/** Reads a JSON body. @throws RequestError with the problems of the body. */
export function readJsonBody<T>(schema: z.ZodType<T>, { body }: Pick<RoutedRequest, 'body'>): T {
  let value: unknown;
  try {
    value = body.length === 0 ? {} : JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new RequestError(400, 'The body is not JSON.');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, 8)
    .map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new RequestError(400, `The body is wrong. ${problems.join('; ')}.`);
}

/** Returns a member of a JSON body as it is written, so that its numbers keep their digits. */
export function bodyMember({ body }: Pick<RoutedRequest, 'body'>, name: string): string | undefined {
  return new JsonPlaces(new TextDecoder().decode(body)).textAt(`/${name}`);
}

/** @throws RequestError if a text has a mask, which would take the place of a personal value. */
export function refuseMasks(...texts: readonly (string | undefined)[]): void {
  if (!texts.some((text) => text?.includes(mask))) return;
  throw new RequestError(400, 'The edit has masked values. They would take the place of the personal ones.', {
    code: 'masked-body',
    next: 'Send a patch of the other values, or the values themselves: GET the body with unmask=true.',
  });
}
