import { z } from 'zod';
import { parseIso8601 } from '../timestamps/iso8601.ts';
import { spellIssues } from '../zod-issues.ts';

/** The figures that are measured of a window: see docs/anomalies.md. */
export const measures = [
  'count',
  'change',
  'silence',
  'corrected',
  'reconstructed',
  'sum',
  'total-count',
  'total-sum',
  'total-window',
] as const;

/** A window of a stream and type that is unlike those before, or unlike what a system of record reports. */
export interface Anomaly {
  /** Stream and type are empty if a reported total could not be read. */
  readonly stream: string;
  readonly type: string;
  /** The window, in milliseconds since 1970: its start is included, its end is not. */
  readonly startMs: number;
  readonly endMs: number;
  readonly measure: (typeof measures)[number];
  readonly value: number;
  readonly expected: number;
  /** The distance from the median, in robust standard deviations. 0 if nothing was compared with a median. */
  readonly score: number;
}

const instant = z.string().transform((text, context) => {
  const parsed = parseIso8601(text);
  if (parsed) return parsed.ms;
  context.addIssue({ code: 'custom', message: 'no time of ISO 8601' });
  return z.NEVER;
});

const anomalySchema = z.object({
  stream: z.string(),
  type: z.string(),
  start: instant,
  end: instant,
  measure: z.enum(measures),
  value: z.number(),
  expected: z.number(),
  score: z.number(),
});

/** Reads a message of the pipeline. @returns The problem, if it is no anomaly. */
export function decodeAnomaly({ data }: { readonly data: Uint8Array }): Anomaly | string {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(data).toString());
  } catch {
    return 'it is no JSON';
  }
  const { data: read, error } = anomalySchema.safeParse(value);
  if (!read) return spellIssues(error);
  const { start, end, ...rest } = read;
  return { ...rest, startMs: start, endMs: end };
}
