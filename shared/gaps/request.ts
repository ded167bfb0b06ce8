import { z } from 'zod';
import { eventIdSchema, streamSchema } from '../event.ts';
import { InvariantError } from '../errors.ts';
import { readJsonObject } from '../json.ts';
import type { Message } from '../messages/message.ts';
import { spellIssues } from '../zod-issues.ts';
import type { ReprocessRequest } from './gap.ts';

const bodySchema = z
  .object({
    stream: streamSchema,
    from: eventIdSchema,
    to: eventIdSchema,
    attempt: z.int().min(1),
    deadline: z.iso.datetime(),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'below from' });

/** Writes a request as a message for producers. */
export function writeRequest({ phase, stream, from, to, attempt, deadlineMs }: ReprocessRequest): Message {
  const body = { stream, from, to, attempt, deadline: new Date(deadlineMs).toISOString() };
  return { data: Buffer.from(JSON.stringify(body)), attributes: { stream, phase } };
}

/** @returns The problem, without values, if sweep did not write the message. */
export function decodeRequest({ data, attributes }: Message): ReprocessRequest | string {
  const object = readJsonObject(data);
  if (typeof object === 'string') return object;
  const body = bodySchema.safeParse(object.members);
  if (!body.success) return spellIssues(body.error);
  const { deadline, ...rest } = body.data;
  return { ...rest, deadlineMs: Date.parse(deadline), phase: attributes.phase === 'infer' ? 'infer' : 'resend' };
}

/** @throws InvariantError for a message that sweep did not write. */
export function readRequest(message: Message): ReprocessRequest {
  const request = decodeRequest(message);
  if (typeof request === 'string') throw new InvariantError(`a message is not a request: ${request}`);
  return request;
}
