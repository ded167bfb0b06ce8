import { z } from 'zod';
import { flag, jsonPointer } from '../setting-kinds.ts';

/** How the events of a type are watched for anomalies. */
export const watchSchema = z.strictObject(
  {
    sum: jsonPointer()
      .optional()
      .describe('where an event has the number that is added up, such as `/data/amount`; only of JSON'),
    recheck: flag()
      .default(false)
      .describe('`true`: the events of a window with an anomaly are checked again with their system of record'),
  },
  { error: 'an object with sum and recheck, and nothing else' },
);
