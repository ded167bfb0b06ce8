import { setTimeout } from 'node:timers/promises';
import { ConsoleRefusal, type ConsoleClient } from '../console/console-client.ts';
import { apiLetterPath } from './api-path.ts';
import type { LetterResult, ResultOf } from './results.ts';
import { seenRevision } from './seen-revision.ts';
import type { WholeShownLetter } from './shown-letter.ts';

/** How often a command looks for the answer to a replay. */
const lookEveryMs = 500;

export interface LetterChange {
  readonly action: 'replay' | 'discard' | 'reopen';
  readonly body: object;
  readonly revision: number | undefined;
  /** Whether nothing is changed: the result tells what would become of the letter. */
  readonly isDryRun: boolean;
}

/**
 * Changes one letter, or only tries. A refusal is a result, and no error.
 *
 * @throws ConsoleRefusal if the caller may not make the change, of whichever letter.
 */
export async function changeLetter(
  client: ConsoleClient,
  id: string,
  { action, body, revision: given, isDryRun }: LetterChange,
): Promise<ResultOf> {
  try {
    const revision = await seenRevision(client, id, given);
    await client.change({
      method: 'POST',
      path: apiLetterPath(id, action),
      revision,
      body: { ...body, dryRun: isDryRun },
    });
    return { id, result: action === 'replay' || isDryRun ? 'left' : 'done' };
  } catch (error) {
    if (!(error instanceof ConsoleRefusal) || error.status === 401 || error.status === 403) throw error;
    return { id, result: resultOfRefusal(error), why: reasonOfRefusal(error) };
  }
}

/** Returns why a change was refused: for an event that validation would refuse, its failure. */
function reasonOfRefusal({ message, json }: ConsoleRefusal): string {
  const failure = json.failure as { readonly code: string; readonly detail: string } | undefined;
  return failure ? `${failure.code} ${failure.detail}` : message;
}

function resultOfRefusal({ status, code }: ConsoleRefusal): LetterResult {
  if (status === 412) return 'changed';
  return code === 'invalid' || code === 'too-large' || code === 'patch-failed' ? 'invalid' : 'skipped';
}

/** Waits until every replay has an answer, or for the given time. */
export async function waitForAnswers(
  client: ConsoleClient,
  results: readonly ResultOf[],
  maxMs: number,
  signal: AbortSignal,
): Promise<readonly ResultOf[]> {
  const untilMs = Date.now() + maxMs;
  let answered = [...results];
  for (;;) {
    answered = await Promise.all(answered.map(async (one) => (one.result === 'left' ? answerOf(client, one) : one)));
    if (!answered.some(({ result }) => result === 'left') || Date.now() >= untilMs || signal.aborted) return answered;
    await setTimeout(lookEveryMs, undefined, { signal });
  }
}

async function answerOf(client: ConsoleClient, { id }: ResultOf): Promise<ResultOf> {
  const letter = (await client.get(apiLetterPath(id))).json as unknown as WholeShownLetter;
  const { state, code, detail, because, entry } = letter;
  // The record is done with the next tick of sweep. The store knows it before.
  const isHeld = state === 'sent' && entry.holds !== undefined;
  if (state === 'done' || isHeld) return { id, result: 'published' };
  if (state === 'sending' || state === 'sent') return { id, result: 'left' };
  return { id, result: 'cameBack', why: because === 'no answer' ? 'no answer' : `${code} ${detail}` };
}
