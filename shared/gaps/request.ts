import { z } from 'zod';
import { eventIdSchema, streamSchema } from '../event.ts';
import { RetryableError } from '../errors.ts';
import { readJsonObject } from '../json.ts';
import type { Message } from '../message.ts';
import type { ReprocessRequest } from './gap.ts';

const bodySchema = z.object({
  stream: streamSchema,
  from: eventIdSchema,
  to: eventIdSchema,
  attempt: z.int().min(1),
  deadline: z.iso.datetime(),
});

/** Writes a request as producers read it. */
export function writeRequest({ phase, stream, from, to, attempt, deadlineMs }: ReprocessRequest): Message {
  const body = { stream, from, to, attempt, deadline: new Date(deadlineMs).toISOString() };
  return { data: Buffer.from(JSON.stringify(body)), attributes: { stream, phase } };
}

/** @throws RetryableError for a message that sweep did not write. */
export function readRequest({ data, attributes }: Message): ReprocessRequest {
  const object = readJsonObject(data);
  const body = bodySchema.safeParse(typeof object === 'string' ? undefined : object.members);
  if (!body.success) throw new RetryableError('a message on reprocess-requests is no request', { cause: body.error });
  const { deadline, ...rest } = body.data;
  return { ...rest, deadlineMs: Date.parse(deadline), phase: attributes.phase === 'infer' ? 'infer' : 'resend' };
}
