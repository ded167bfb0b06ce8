import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { LetterFilter } from '../../../shared/dead-letter/letter-filter.ts';
import {
  countJob,
  isExpiredPlan,
  jobActions,
  maxJobLetters,
  resultsOf,
  shownState,
  type Job,
} from '../../../shared/operator/job.ts';
import { JobRunner } from '../../../shared/operator/job-runner.ts';
import { chooseLetters, isUnknown, planJob, type JobChoice, type JobOrder } from '../../../shared/operator/plan-job.ts';
import { tryJob } from '../../../shared/operator/try-job.ts';
import { formatCount, rfc3339 } from '../../../shared/views/format.ts';
import { jsonResponse, RequestError, type ConsoleResponse } from '../response.ts';
import type { ApiDeps } from './deps.ts';
import { checkKnownFilter } from './letter-routes.ts';
import { patchSchema, refuseRevealing } from './patch-schema.ts';
import { filterParameters, bodyMember, readFilter, readJsonBody, readLimit, refuseMasks } from './read-request.ts';
import type { ApiRoute, RoutedRequest } from './route.ts';

const one = '/api/jobs/{id}';
const maxLetters = maxJobLetters.toLocaleString('en-US');

const planSchema = z.strictObject({
  action: z.enum(jobActions),
  filter: z
    .partialRecord(z.enum(Object.keys(filterParameters) as [keyof typeof filterParameters]), z.string())
    .optional(),
  ids: z
    .array(z.string().regex(/^[\w-]{1,64}$/))
    .min(1)
    .max(10_000)
    .optional(),
  patch: patchSchema.optional(),
  note: z.string().trim().max(1_000).default(''),
  replace: z.boolean().default(false),
  rate: z.int().min(1).max(200).default(50),
  first: z.int().min(1).max(500).default(10),
  dryRun: z.boolean().default(false),
});

const planBody = {
  action: `one of ${jobActions.join(', ')}`,
  filter: 'an object with the parameters of GET /api/dead-letters; or `ids`',
  ids: 'a list of letters',
  patch: 'replay: a JSON Patch that is applied to each letter first',
  note: 'discard and reopen: why',
  replace: 'replay: true: the contents supersede the events that have their keys',
  rate: 'letters a second; 50 by default',
  first: 'the number of letters of the trial; 10 by default',
  dryRun: 'true: tells what the job would do, and plans none',
};

/** The number of parts whose results are one page: each is one read, and has up to 500 letters. */
const partsAPage = 10;

/** The addresses of jobs, which change many letters. */
export function jobRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const runner = new JobRunner(deps);
  const viewOf = (job: Job) => jobView(job, deps.clock.now());
  const answered = (job: Job): ConsoleResponse => jsonResponse(viewOf(job));
  const changing = { method: 'POST', role: 'operator' } as const;
  const looking = { method: 'GET', role: 'viewer' } as const;
  return [
    {
      ...changing,
      path: '/api/jobs',
      summary: `plans a change of many letters, at most ${maxLetters}; changes nothing yet, and tries the first ten`,
      body: planBody,
      answer: (request) => plan(deps, request),
    },
    {
      ...looking,
      path: '/api/jobs',
      summary: 'lists jobs, the newest first',
      query: { limit: '1 to 100; 20 by default' },
      answer: async ({ query }) =>
        jsonResponse({ jobs: (await deps.jobs.list(readLimit(query, 20, 100))).map(viewOf) }),
    },
    {
      ...looking,
      path: one,
      summary: 'shows a job with its sums',
      answer: async (request) => answered(await jobOf(deps, request)),
    },
    {
      ...changing,
      path: `${one}/run`,
      summary: 'works on a job for some 20 s; call it again while letters are left. A job that paused goes on',
      answer: async (request) => answered(await runner.run(await usableJob(deps, request), request.caller.name)),
    },
    {
      ...changing,
      path: `${one}/stop`,
      summary: 'stops a job; the letters of the same second may still be changed',
      answer: async (request) => answered(await runner.stop(await usableJob(deps, request), request.caller.name)),
    },
    {
      ...looking,
      path: `${one}/results`,
      summary: 'lists what became of the letters of a job, page by page of its plan',
      query: { result: 'only those with this result, such as cameBack, or left', cursor: 'the `next` of a page' },
      answer: async (request) => answerResults(runner, await jobOf(deps, request), request),
    },
  ];
}

/**
 * Plans a job, or with `dryRun` only tells what it would do. Either way its first letters are tried. If there are no
 * letters, it plans no job.
 */
async function plan(deps: ApiDeps, request: RoutedRequest): Promise<ConsoleResponse> {
  const { filter, ids, first, patch, dryRun, ...rest } = readJsonBody(planSchema, request);
  if ((filter === undefined) === (ids === undefined)) throw new RequestError(400, 'Give filter or ids, not both.');
  if (rest.action === 'discard' && rest.note === '')
    throw new RequestError(400, 'Say in note why letters are discarded.');
  if (patch && rest.action !== 'replay') throw new RequestError(400, 'A patch is for the action replay.');
  refuseMasks(patch && JSON.stringify(patch));
  refuseRevealing(patch ?? [], deps.catalog.personal, 'Replace the value, or edit the letters one by one.');
  const chosenBy = ids ? formatCount(ids.length, 'id') : new URLSearchParams(filter).toString();
  const choice: JobChoice = ids ? { ids } : { filter: filterOf(deps, filter ?? {}, rest.action) };
  if ('filter' in choice) await checkKnownFilter(deps, choice.filter);
  const createdAtMs = deps.clock.now();
  const order: JobOrder = {
    id: randomBytes(12).toString('hex'),
    by: request.caller.name,
    ...rest,
    patch: patch && bodyMember(request, 'patch'),
    chosenBy,
    createdAtMs,
  };
  const items = await chooseLetters(deps, choice);
  if (!items)
    throw new RequestError(422, `More than ${maxLetters} letters match.`, {
      code: 'too-many',
      next: 'Narrow the filter, for example by a time.',
    });
  const tried = { tried: await tryJob(deps, order, items), unknown: items.filter(isUnknown).map(({ id }) => id) };
  if (!dryRun && items.length > 0)
    return jsonResponse({ ...jobView(await planJob(deps, order, items, first), createdAtMs), ...tried }, 201);
  const { matched, skipped, left } = countJob({ matched: items.length, results: resultsOf(items) });
  return jsonResponse({ ...(dryRun && { dryRun }), action: rest.action, chosenBy, matched, skipped, left, ...tried });
}

/** Reads the filter of a job. It is about open letters, or to reopen discarded ones, unless the filter says otherwise. */
function filterOf(deps: ApiDeps, given: Readonly<Record<string, string>>, action: Job['action']): LetterFilter {
  const filter = readFilter(deps, new URLSearchParams(given));
  return { state: action === 'reopen' ? 'discarded' : 'open', ...filter };
}

async function jobOf({ jobs }: ApiDeps, { params }: RoutedRequest): Promise<Job> {
  const { id = '' } = params;
  const found = /^[\w-]{1,64}$/.test(id) ? await jobs.find(id) : undefined;
  if (!found)
    throw new RequestError(404, 'There is no such job.', {
      code: 'unknown-job',
      next: 'GET /api/jobs lists the jobs.',
    });
  return found.value;
}

/** @throws RequestError if the job was planned and not run in time. */
async function usableJob(deps: ApiDeps, request: RoutedRequest): Promise<Job> {
  const job = await jobOf(deps, request);
  if (!isExpiredPlan(job, deps.clock.now())) return job;
  throw new RequestError(409, 'The plan of this job is older than an hour, so its letters may be others by now.', {
    code: 'plan-expired',
    next: 'Plan the job again.',
  });
}

async function answerResults(runner: JobRunner, job: Job, { query }: RoutedRequest): Promise<ConsoleResponse> {
  const wanted = query.get('result');
  const cursor = query.get('cursor') ?? '0';
  if (!/^\d{1,6}$/.test(cursor)) throw new RequestError(400, 'cursor must be the "next" of a page of results.');
  const from = Number(cursor);
  const items = (await runner.parts(job, from, partsAPage)).flatMap((part) => part.items);
  const results = items
    .map(({ id, result, why }) => ({ id, result: result === undefined || result === 'sent' ? 'left' : result, why }))
    .filter(({ result }) => wanted === null || result === wanted);
  const hasMore = from + partsAPage < job.parts;
  return jsonResponse({ results, ...(hasMore && { next: String(from + partsAPage) }) });
}

function jobView(job: Job, nowMs: number) {
  const { id, by, runBy, action, note, replace, patch, chosenBy, createdAtMs } = job;
  const state = shownState(job, nowMs);
  const more = { hasPatch: patch !== undefined, chosenBy, createdAt: rfc3339(createdAtMs), ...countJob(job) };
  return { id, state, action, by, runBy, note, replace, ...more };
}
