import { sizeOf, spellRange } from '../../shared/gaps/range.ts';
import { formatCount } from '../../shared/views/format.ts';
import { thousands } from '../screen/table.ts';
import type { ResendFile } from './event-file.ts';
import type { Answered } from './responder.ts';

/** Describes the answer to a request, in one line. */
export function answeredLine({ request, resent, voided, unknown, refused }: Answered, nowMs: number): string {
  const done = [
    `${formatCount(resent, 'event')} resent`,
    ...(voided > 0 ? [`${formatCount(voided, 'id')} void`] : []),
    ...(unknown > 0 ? [`${formatCount(unknown, 'id')} unknown`] : []),
    ...(refused > 0 ? [`${formatCount(refused, 'event')} refused by Pub/Sub`] : []),
  ];
  const lateMs = nowMs - request.deadlineMs;
  const late = lateMs > 0 ? `; its deadline passed ${thousands(Math.ceil(lateMs / 1_000))} s ago` : '';
  return `asked for ${spellRange(request)} (${formatCount(sizeOf(request), 'id')}): ${done.join(', ')}${late}\n`;
}

/** Describes the answer to a request, as JSON. */
export function answeredJson({ request, resent, voided, unknown, refused }: Answered, nowMs: number): string {
  const { stream, from, to, attempt, deadlineMs } = request;
  const deadline = new Date(deadlineMs).toISOString();
  const isLate = nowMs > deadlineMs;
  return `${JSON.stringify({ stream, from, to, attempt, deadline, isLate, resent, voided, unknown, refused })}\n`;
}

/** Describes the events of a file. */
export function fileLine({ index }: ResendFile, stream: string): string {
  const { span } = index;
  const held = span ? `${formatCount(index.size, 'event')}, ids ${spellRange(span)}` : 'no events';
  return `answers requests to resend events of ${stream} from ${held}`;
}
