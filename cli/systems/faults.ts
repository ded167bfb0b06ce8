import { z } from 'zod';
import type { StandInAnswer } from './answer.ts';
import type { StandInRecords, StandInSystem } from './records.ts';

const systemName = z.enum(['hubspot', 'stripe', 'twilio']);
const place = { system: systemName, kind: z.string(), id: z.string() };

/** A command of a user to the stand-in: a body of `POST /_control`. */
export const controlSchema = z.discriminatedUnion('do', [
  /** The next answers of a system are faults. */
  z.strictObject({
    do: z.literal('fault'),
    system: systemName,
    fault: z.enum(['hang', 'cut', 'malformed', '429', '500', '401', '403']),
    times: z.int().min(1).default(1),
    /** With 429: the header `Retry-After`. */
    retryAfterSeconds: z.int().min(0).optional(),
  }),
  z.strictObject({ do: z.literal('change'), ...place, to: z.looseObject({}) }),
  z.strictObject({ do: z.literal('stale'), ...place, is: z.boolean().default(true) }),
  z.strictObject({ do: z.literal('delete'), ...place }),
  z.strictObject({ do: z.literal('merge'), ...place, into: z.string() }),
  z.strictObject({ do: z.literal('redact'), ...place }),
  z.strictObject({ do: z.literal('late'), ...place, bySeconds: z.int().min(0) }),
  z.strictObject({ do: z.literal('api_version'), id: z.string(), is: z.string() }),
]);

export type Control = z.output<typeof controlSchema>;
type FaultControl = Extract<Control, { do: 'fault' }>;

/** The faults that are still to come. */
export class Faults {
  private readonly coming: { readonly fault: FaultControl; left: number }[] = [];

  add(fault: FaultControl): void {
    this.coming.push({ fault, left: fault.times });
  }

  /** Takes the next fault of a system. */
  take(system: StandInSystem): FaultControl | undefined {
    const next = this.coming.find(({ fault, left }) => fault.system === system && left > 0);
    if (!next) return undefined;
    next.left--;
    return next.fault;
  }
}

/** Obeys a change of records. */
export function changeRecords(control: Exclude<Control, FaultControl>, records: StandInRecords, nowMs: number): void {
  switch (control.do) {
    case 'change':
      records.change(control.system, control.kind, control.id, control.to);
      break;
    case 'stale':
      records.set(control.system, control.kind, control.id, { isStale: control.is });
      break;
    case 'delete':
      records.set(control.system, control.kind, control.id, { isDeleted: true });
      break;
    case 'merge':
      records.set(control.system, control.kind, control.id, { mergedInto: control.into });
      break;
    case 'redact':
      records.change(control.system, control.kind, control.id, { body: '' });
      break;
    case 'late':
      records.set(control.system, control.kind, control.id, { listedFromMs: nowMs + control.bySeconds * 1_000 });
      break;
    case 'api_version':
      records.change('stripe', 'event', control.id, { api_version: control.is });
      break;
  }
}

/** Spells a fault as the vendor does. Undefined for one that is no answer. */
export function answerOfFault({ fault, system, retryAfterSeconds }: FaultControl): StandInAnswer | undefined {
  if (fault === 'hang' || fault === 'cut' || fault === 'malformed') return undefined;
  const status = Number(fault);
  const retry = retryAfterSeconds === undefined ? undefined : { 'retry-after': String(retryAfterSeconds) };
  return { status, headers: { ...retry, ...limitHeaders(system, status) }, body: bodyOfFault(system, status) };
}

function limitHeaders(system: StandInSystem, status: number): Readonly<Record<string, string>> {
  if (status !== 429) return {};
  if (system === 'stripe') return { 'stripe-rate-limited-reason': 'global-rate' };
  return system === 'hubspot' ? { 'x-hubspot-ratelimit-remaining': '0', 'x-hubspot-ratelimit-max': '100' } : {};
}

function bodyOfFault(system: StandInSystem, status: number): unknown {
  if (system === 'stripe') {
    const type = status === 429 ? { code: 'rate_limit', type: 'invalid_request_error' } : { type: 'api_error' };
    return { error: { ...type, message: 'said by the stand-in' } };
  }
  if (system === 'twilio')
    return { code: status === 429 ? 20429 : status * 100, message: 'said by the stand-in', status };
  const category = status === 429 ? 'RATE_LIMITS' : status === 403 ? 'MISSING_SCOPES' : 'INTERNAL_ERROR';
  return { status: 'error', category, message: 'said by the stand-in', correlationId: 'stand-in' };
}
