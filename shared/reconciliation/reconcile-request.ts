import { z } from 'zod';
import { streamSchema } from '../event.ts';
import { readJsonObject } from '../json.ts';
import type { Message } from '../messages/message.ts';
import { spellIssues } from '../zod-issues.ts';
import type { StreamList } from './list-settings.ts';

/** The phase of a request to compare a stream with a list. */
export const reconcilePhase = 'reconcile';

/** A request to compare a stream with a list. */
export type ReconcileRequest = Pick<StreamList, 'stream' | 'name'>;

const requestBody = z.object({ stream: streamSchema, name: z.string() });

export function writeReconcileRequest({ stream, name }: ReconcileRequest): Message {
  return { data: Buffer.from(JSON.stringify({ stream, name })), attributes: { stream, phase: reconcilePhase } };
}

/** @returns The problem, without values, if Eventmend did not write the message. */
export function decodeReconcileRequest({ data }: Message): ReconcileRequest | string {
  const object = readJsonObject(data);
  if (typeof object === 'string') return object;
  const body = requestBody.safeParse(object.members);
  return body.success ? body.data : spellIssues(body.error);
}
