import { makeLetter } from '../messages/letter.ts';
import type { Failure, Stage } from '../failure.ts';
import type { Message } from '../messages/message.ts';
import type { ReprocessRequest } from './gap.ts';
import { writeRequest } from './request.ts';

/** Writes the dead letter of an abandoned gap. Its data is the unanswered request. */
export function unrecoverableLetter(request: ReprocessRequest, stage: Stage, why: string, failedAtMs: number): Message {
  const { stream, from } = request;
  const failure: Failure = { code: 'ERR_GAP_UNRECOVERABLE', stage, detail: why };
  return makeLetter(writeRequest(request), failure, { root: gapRoot(stream, from), failedAtMs, stream });
}

/** Returns the root of a gap's letter. */
export function gapRoot(stream: string, from: number): string {
  return `gap/${stream}/${from}`;
}
