import { z } from 'zod';
import { streamSchema } from '../../../shared/event.ts';
import { erasePerson, type ErasurePosition, type ErasureStep } from '../../../shared/operator/erase-person.ts';
import { bigQueryCondition } from '../../../shared/personal/bigquery-condition.ts';
import { spellCriterion, type PersonCriterion } from '../../../shared/personal/person-criterion.ts';
import { makePersonMatcher } from '../../../shared/personal/person-matcher.ts';
import { attributeOf, isPointer } from '../../../shared/sources/place.ts';
import { SlowPatternError, timedPattern } from '../../timed-pattern.ts';
import { jsonResponse, RequestError, type ConsoleResponse } from '../response.ts';
import type { ApiDeps } from './deps.ts';
import { readJsonBody } from './read-request.ts';
import type { ApiRoute, RoutedRequest } from './route.ts';

const value = z.string().min(1).max(512);
const eraseSchema = z.strictObject({
  entity: value.optional(),
  field: z
    .strictObject({
      place: z
        .string()
        .refine(
          (place) => isPointer(place) || attributeOf(place),
          'a JSON Pointer such as /data/email, or attribute:NAME',
        ),
      value,
    })
    .optional(),
  pattern: value.optional(),
  stream: streamSchema.optional(),
  note: z.string().trim().max(1_000).default(''),
  dryRun: z.boolean().default(false),
  cursor: z
    .string()
    .regex(/^(?:letters|events)\/[\w-]{0,2000}$/, 'the "next" of an answer')
    .optional(),
});

/** How long a pattern may take for one message. */
const maxPatternMs = 1_000;

/** The address at which the data of a person is erased. */
export function eraseRoutes(deps: ApiDeps): readonly ApiRoute[] {
  return [
    {
      method: 'POST',
      path: '/api/erase',
      role: 'operator',
      summary:
        'erases the content of letters and stored events that are about a person, for some 20 s; call it again with the `next` of the answer',
      body: {
        entity: 'the entity of the events, as the catalog says where it is; or `field`, or `pattern`',
        field: '`{place, value}`: a JSON Pointer into the event, or attribute:NAME, and what stands there',
        pattern: 'a regular expression that the message has',
        stream: 'only what is of this stream',
        note: 'why, such as the number of a request; it is kept',
        dryRun: 'true: says what would be erased, and changes nothing',
        cursor: 'the `next` of an answer',
      },
      answer: (request) => eraseSome(deps, request),
    },
  ];
}

async function eraseSome(deps: ApiDeps, request: RoutedRequest): Promise<ConsoleResponse> {
  const { entity, field, pattern, stream, note, dryRun: isDryRun, cursor } = readJsonBody(eraseSchema, request);
  const criterion = criterionOf({ entity, field, pattern });
  const hasPattern = criterion.by === 'pattern' ? patternTest(criterion.value) : () => false;
  const matcher = makePersonMatcher(criterion, deps.catalog, hasPattern);
  const { name: by } = request.caller;
  const looked = [spellCriterion(criterion), stream && `stream ${stream}`, isDryRun && 'dry run', note].filter(Boolean);
  const audit = (did: 'looked for personal data' | 'erased personal data', said: string): Promise<void> =>
    deps.auditTrail.note({ letter: undefined, by, did, atMs: deps.clock.now(), note: said });
  await audit('looked for personal data', looked.join(', '));
  const position = cursor === undefined ? undefined : positionIn(cursor);
  const step = await stepOf(() => erasePerson(deps, { matcher, stream, isDryRun, note, by, position }));
  const erased = step.found.filter(({ result }) => result === 'erased');
  if (erased.length > 0) await audit('erased personal data', `${spellCriterion(criterion)}: ${spellErased(erased)}`);
  const { next, ...rest } = step;
  const condition = bigQueryCondition(criterion, deps.catalog.entityPaths);
  return jsonResponse({ ...rest, next: next && cursorOf(next), condition });
}

async function stepOf(run: () => Promise<ErasureStep>): Promise<ErasureStep> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof SlowPatternError)) throw error;
    throw new RequestError(422, 'The pattern takes too long.', {
      code: 'slow-pattern',
      next: 'Leave out what can match in many ways, such as .* and repeated groups.',
    });
  }
}

function criterionOf({ entity, field, pattern }: Pick<z.output<typeof eraseSchema>, 'entity' | 'field' | 'pattern'>) {
  const given: PersonCriterion[] = [];
  if (entity !== undefined) given.push({ by: 'entity', value: entity });
  if (field) given.push({ by: 'field', ...field });
  if (pattern !== undefined) given.push({ by: 'pattern', value: pattern });
  const [criterion, another] = given;
  if (!criterion || another) throw new RequestError(400, 'Give one of entity, field and pattern.');
  return criterion;
}

function patternTest(pattern: string): (text: string) => boolean {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, 'u');
  } catch (error) {
    throw new RequestError(400, `pattern: ${(error as Error).message}.`);
  }
  const test = timedPattern(expression, maxPatternMs);
  if (test('')) throw new RequestError(400, 'pattern: it matches every message.');
  return test;
}

/** Spells a position in characters that every program passes on. */
function cursorOf({ of, after = '' }: ErasurePosition): string {
  return `${of}/${Buffer.from(after).toString('base64url')}`;
}

function positionIn(cursor: string): ErasurePosition {
  const [of, after] = cursor.split('/') as ['letters' | 'events', string];
  return { of, after: after === '' ? undefined : Buffer.from(after, 'base64url').toString() };
}

function spellErased(erased: ErasureStep['found']): string {
  const letters = erased.filter(({ kind }) => kind === 'letter').length;
  return `letters ${letters}, events ${erased.length - letters}`;
}
