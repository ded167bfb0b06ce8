import { z } from 'zod';
import { timeForms } from '../fields/timestamp.ts';
import { jsonPointer, milliseconds, oneOf } from '../setting-kinds.ts';

const aTypes = "a list of at least one type, such as 'charge.succeeded'";

/**
 * Where a system of record has the missing events of a numbered stream: items of its list, one of whose members is the
 * number of an event.
 */
export const findSchema = z.strictObject(
  {
    system: oneOf('hubspot', 'stripe', 'twilio').describe('the system of record that has the list'),
    types: z
      .array(z.string({ error: aTypes }), { error: aTypes })
      .min(1, { error: aTypes })
      .readonly()
      .describe('the types of items that are looked through, as in a `list`'),
    number: jsonPointer().describe('where an item has the number of its event, such as `/data/object/metadata/order`'),
    type: z.string({ error: 'the type of the events' }).min(1).describe('the type of the events that are recovered'),
    timestamp: jsonPointer().describe('where an item has the time of its event'),
    in: oneOf(...timeForms)
      .optional()
      .describe("the form of the time, if it is not ISO 8601: `'s'`, `'ms'`, `'us'`, `'rfc2822'`"),
    data: jsonPointer().optional().describe('where an item has what becomes the `data` of its event'),
    properties: z
      .array(z.string({ error: 'the name of a property' }))
      .readonly()
      .optional()
      .describe('HubSpot only: the properties that an item must have'),
    withinMs: milliseconds(0)
      .optional()
      .describe('how far from the events around a gap an item is looked for; by default 1 h'),
    patienceMs: milliseconds(0)
      .optional()
      .describe('how long a gap waits for a system that does not answer, by default 1 h; then its events are inferred'),
  },
  { error: 'an object with system, types, number, type and timestamp' },
);

/** How far items are looked for, and how long a gap waits, in milliseconds. */
export const defaultWithinMs = 3_600_000;
export const defaultFindPatienceMs = 3_600_000;

export type FindSettings = Readonly<z.output<typeof findSchema>>;
