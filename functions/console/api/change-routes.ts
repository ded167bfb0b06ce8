import { z } from 'zod';
import { trustedAttributes } from '../../../shared/dead-letter/arrived-letter.ts';
import { headOf } from '../../../shared/dead-letter/dead-letter.ts';
import { producersAttributes } from '../../../shared/dead-letter/replay.ts';
import { jobOfKey } from '../../../shared/dead-letter/repeated-request.ts';
import { withoutEffects } from '../../../shared/operator/dry-run.ts';
import type { Edit } from '../../../shared/operator/edit-message.ts';
import {
  isChangedSince,
  LetterOperations,
  type ChangedLetter,
  type CheckedEdit,
  type OperationCaller,
  type OperationResult,
} from '../../../shared/operator/letter-operations.ts';
import type { OperationRefusal } from '../../../shared/operator/refusal.ts';
import { explain, type Failure } from '../../../shared/failure.ts';
import { diffAttributes } from '../../../shared/views/diff-attributes.ts';
import { diffJson, type JsonChange } from '../../../shared/views/diff-json.ts';
import { letterHead } from '../../../shared/views/letter-head.ts';
import { loadOriginal } from '../../../shared/views/letter-body.ts';
import { isPersonal, mask } from '../../../shared/views/mask-personal.ts';
import { RequestError, type ConsoleResponse } from '../response.ts';
import type { ApiDeps } from './deps.ts';
import { recordResponse } from './letter-routes.ts';
import { patchSchema, refuseRevealing } from './patch-schema.ts';
import { bodyMember, readFlag, readJsonBody, readRevision, refuseMasks } from './read-request.ts';
import type { ApiRoute, RoutedRequest } from './route.ts';

const letter = '/api/dead-letters/{id}';
const maxNote = 1_000;

const editSchema = z.strictObject({
  patch: patchSchema.optional(),
  body: z.string().optional(),
  bodyBase64: z.base64().optional(),
  attributes: z
    .strictObject({ set: z.record(z.string(), z.string()).optional(), drop: z.array(z.string()).optional() })
    .optional(),
});
const flag = z.boolean().default(false);
const replaySchema = z.strictObject({ replace: flag, forgotten: flag, dryRun: flag });
const noteSchema = z.strictObject({ note: z.string().max(maxNote).default(''), dryRun: flag });
const requiredNote = noteSchema.extend({
  note: z.string().trim().min(1, 'say why: the note is kept').max(maxNote),
});

const editBody = {
  patch: 'a JSON Patch (RFC 6902) of the body',
  body: 'the whole body as text, in place of a patch',
  bodyBase64: 'the whole body in base64, if it is no text',
  attributes: '`{set: {name: value}, drop: [name]}`',
};
const unmask = { unmask: 'true: do not mask personal values in the diff' };

const changing = { role: 'operator' } as const;

/** The addresses at which letters are changed. Each change names the revision that the caller saw. */
export function changeRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const operations = new LetterOperations(deps);
  return [
    ...editRoutes(deps, operations),
    ...settlingRoutes((dryRun) => (dryRun ? new LetterOperations(withoutEffects(deps)) : operations)),
  ];
}

function editRoutes(deps: ApiDeps, operations: LetterOperations): readonly ApiRoute[] {
  const { personal } = deps.catalog;
  const edited = (request: RoutedRequest, result: OperationResult<Partial<CheckedEdit>>) =>
    answerEdit(deps, request, result);
  return [
    {
      ...changing,
      method: 'POST',
      path: `${letter}/check`,
      summary: 'tells what would become of an edit, or of the letter as it is; stores nothing',
      query: unmask,
      body: editBody,
      answer: async (request) => edited(request, await operations.check(idOf(request), editIn(request, personal))),
    },
    {
      ...changing,
      method: 'PUT',
      path: `${letter}/draft`,
      summary: 'saves an edit as the draft, which may be invalid, and tells what would become of it',
      query: unmask,
      body: editBody,
      answer: async (request) =>
        edited(request, await operations.saveDraft(idOf(request), editIn(request, personal), callerOf(request))),
    },
    {
      ...changing,
      method: 'DELETE',
      path: `${letter}/draft`,
      summary: 'drops the draft, so that a replay sends the original',
      answer: async (request) => changed(await operations.dropDraft(idOf(request), callerOf(request)), 200),
    },
  ];
}

const dryRun = 'true: tells whether the change would be refused, and how the letter would be; changes nothing';

/** @param operationsOf Returns the operations, or those that only try. */
function settlingRoutes(operationsOf: (isDryRun: boolean) => LetterOperations): readonly ApiRoute[] {
  return [
    {
      ...changing,
      method: 'POST',
      path: `${letter}/replay`,
      summary: 'sends the draft, or the original, through the pipeline again',
      body: {
        replace: 'true: the content supersedes the event that has its key',
        forgotten: 'true: also if nobody knows any more whether it was published',
        dryRun,
      },
      answer: async (request) => {
        const { dryRun: isDry, ...options } = readJsonBody(replaySchema, request);
        return settled(isDry, await operationsOf(isDry).replay(idOf(request), options, callerOf(request)));
      },
    },
    {
      ...changing,
      method: 'POST',
      path: `${letter}/discard`,
      summary: 'closes a letter without sending it',
      body: { note: 'why', dryRun },
      answer: async (request) => {
        const { note, dryRun: isDry } = readJsonBody(requiredNote, request);
        return settled(isDry, await operationsOf(isDry).discard(idOf(request), note, callerOf(request)));
      },
    },
    {
      ...changing,
      method: 'POST',
      path: `${letter}/reopen`,
      summary: 'opens a settled letter again',
      body: { note: 'why; may be empty', dryRun },
      answer: async (request) => {
        const { note, dryRun: isDry } = readJsonBody(noteSchema, request);
        return settled(isDry, await operationsOf(isDry).reopen(idOf(request), note, callerOf(request)));
      },
    },
  ];
}

function idOf({ params }: RoutedRequest): string {
  const { id = '' } = params;
  if (!/^[\w-]{1,64}$/.test(id)) throw new RequestError(404, 'There is no such dead letter.');
  return id;
}

function callerOf(request: RoutedRequest): OperationCaller {
  const requestKey = request.headers['idempotency-key'];
  if (requestKey !== undefined && !/^[\x21-\x7e]{1,128}$/.test(requestKey))
    throw new RequestError(400, 'Idempotency-Key must be 1 to 128 visible characters of ASCII.');
  if (jobOfKey(requestKey) !== undefined)
    throw new RequestError(400, 'Only jobs have keys such as this one: take another Idempotency-Key.');
  return { by: request.caller.name, revision: readRevision(request), requestKey };
}

function editIn(request: RoutedRequest, personal: readonly string[]): Edit {
  const { patch, body, bodyBase64, attributes } = readJsonBody(editSchema, request);
  if (!readFlag(request.query, 'unmask'))
    refuseRevealing(patch ?? [], personal, 'Replace the value, or ask with unmask=true: the audit trail says so.');
  if (body !== undefined && bodyBase64 !== undefined)
    throw new RequestError(400, 'Give the body as text or in base64, not both.');
  refuseMasks(body, patch && JSON.stringify(patch));
  const bytes = body === undefined ? bodyBase64 && Buffer.from(bodyBase64, 'base64') : Buffer.from(body);
  return {
    patch: patch && bodyMember(request, 'patch'),
    body: bytes === '' ? new Uint8Array() : bytes,
    attributes,
  };
}

/** Answers a replay, a discard or a reopening, or the trial of one. */
function settled(isDryRun: boolean, result: OperationResult): ConsoleResponse {
  return changed(result, isDryRun ? 200 : 202);
}

/** Answers an operation that changed a letter, or was refused. */
function changed(result: OperationResult, status: number): ConsoleResponse {
  if (result.refusal) throw refused(result.refusal);
  return recordResponse(headOf(result.record), changedSince(result), status);
}

/** Tells the sender of a repeated request that the answer is the letter as it is now, and not as it was. */
function changedSince(result: ChangedLetter): object {
  return isChangedSince(result) ? { changedSince: true } : {};
}

/** Answers with what would become of an edit. */
async function answerEdit(
  deps: ApiDeps,
  { query, caller }: RoutedRequest,
  result: OperationResult<Partial<CheckedEdit>>,
): Promise<ConsoleResponse> {
  if (result.refusal) throw refused(result.refusal);
  const { record, check, message } = result;
  const isUnmasked = readFlag(query, 'unmask');
  const personal = isUnmasked ? [] : deps.catalog.personal;
  const viewed = { letter: record.id, by: caller.name, did: 'viewed the original', atMs: deps.clock.now() } as const;
  if (isUnmasked) await deps.auditTrail.note({ ...viewed, note: 'unmasked' });
  // After a later change, a repeated request is answered by the record alone.
  if (!check || !message) return recordResponse(headOf(record), changedSince(result));
  const original = await loadOriginal(deps.letters, record);
  const { failure, becomes, eventCount } = check;
  return recordResponse(headOf(record), {
    valid: failure === undefined,
    failure: failure && failureView(failure),
    diff: diffJson(original.data, message.data)?.map((change) => masked(change, personal)),
    attributeDiff: diffAttributes(producersAttributes(trustedAttributes(original.attributes)), message.attributes),
    becomes: becomes.map(({ idempotencyKey: key, ...event }) => ({ ...event, key })),
    eventCount,
  });
}

function failureView(failure: Failure) {
  return { code: failure.code, meaning: explain(failure), stage: failure.stage, detail: failure.detail };
}

function masked({ path, before, after }: JsonChange, personal: readonly string[]): JsonChange {
  if (!isPersonal(path, personal)) return { path, before, after };
  const hide = (text: string | undefined) => (text === undefined ? undefined : JSON.stringify(mask));
  return { path, before: hide(before), after: hide(after) };
}

/** Returns the error of a refused operation, with the letter as it is now. */
export function refused({ code, status, message, next, head, failure }: OperationRefusal): RequestError {
  const more = { letter: head && letterHead(head), failure: failure && failureView(failure) };
  const headers: Readonly<Record<string, string>> = head ? { ETag: `"${head.revision}"` } : {};
  return new RequestError(status, message, { code, next, more, headers });
}
