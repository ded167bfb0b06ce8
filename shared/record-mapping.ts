import { z } from 'zod';
import { recordKind, recordKinds, type SystemName } from './record-kinds.ts';
import { jsonPointer, flag, milliseconds, oneOf } from './setting-kinds.ts';

/** How a value of an event is compared with one of a record. */
export const comparisons = ['value', 'number', 'boolean', 'time', 's', 'ms'] as const;
export type Comparison = (typeof comparisons)[number];

const fieldSchema = z.union(
  [
    jsonPointer(),
    z.strictObject({
      at: jsonPointer(),
      as: oneOf(...comparisons).default('value'),
      fixed: flag().optional(),
    }),
  ],
  {
    error:
      'a JSON pointer such as /properties/amount, or { at: a JSON pointer, as: how it is compared, fixed: true or false }',
  },
);

/** Which record of a system of record belongs to an event of a type, and which values of both must be equal. */
export const recordMappingSchema = z.strictObject(
  {
    kind: z
      .string({ error: 'a kind of record such as contact' })
      .describe(
        'the kind of record: `contact`, `company`, `deal`; `event`, `charge`, `refund`, `payment_intent`, `customer`; `message`, `call`',
      ),
    id: jsonPointer().describe("where the event has the record's id: a JSON pointer such as `/data/contact`"),
    account: jsonPointer()
      .optional()
      .describe("where the event has the account: HubSpot's portal, a connected account of Stripe, Twilio's account"),
    fields: z
      .record(jsonPointer(), fieldSchema, { error: 'an object of JSON pointers' })
      .describe('the values to compare: where each is in the event, and where it is in the record'),
    about: oneOf('change', 'state')
      .default('change')
      .describe(
        "`'change'`: the event tells of a change of the record, so a record that was last changed before the event is a stale read; `'state'`: it does not",
      ),
    visibleMs: milliseconds(0).default(300_000).describe('how long after an event its record may still be absent'),
    skewMs: milliseconds(0)
      .default(2_000)
      .describe('by how much the clocks of the producer and of the system may differ'),
    patienceMs: milliseconds(0)
      .default(3_600_000)
      .describe('how long an event waits for its system of record; afterwards it is undecided'),
  },
  { error: 'an object with the mapping of the record' },
);

type MappingInput = z.input<typeof recordMappingSchema>;
export type RecordMapping = Readonly<z.output<typeof recordMappingSchema>>;

/** The values of the default format that identify an event, say what it is, or belong to Eventmend. */
const untouchable = ['/event_id', '/uuid', '/type', '/timestamp', '/valid', '/_eventmend'];

/** A value that an event and its record have in common. */
export interface MappedField {
  /** Pointers to the value in the event and in the record. */
  readonly inEvent: string;
  readonly inRecord: string;
  readonly as: Comparison;
  /** Whether the value never changes once the record exists. */
  readonly isFixed: boolean;
}

/** A checked mapping with its defaults. */
export interface Mapping extends Omit<RecordMapping, 'fields'> {
  readonly system: SystemName;
  readonly idPattern: RegExp;
  readonly fields: readonly MappedField[];
  /** JSON pointers to what identifies an event, says what it is, or belongs to Eventmend. A record never corrects it. */
  readonly untouchable: readonly string[];
}

/**
 * Completes the mapping of a type. Undefined if its records cannot be looked up.
 *
 * @param streamPlaces JSON pointers to the values of which the names of streams are made.
 */
export function mappingOf(
  system: SystemName | undefined,
  given: MappingInput | undefined,
  streamPlaces: readonly string[] = [],
): Mapping | undefined {
  if (system === undefined || given === undefined) return undefined;
  const record = recordMappingSchema.parse(given);
  const kind = recordKind(system, record.kind);
  if (!kind) return undefined;
  const fields = Object.entries(record.fields).map(([inEvent, field]): MappedField => {
    const { at, as, fixed } = typeof field === 'string' ? { at: field, as: 'value' as const, fixed: undefined } : field;
    const isFixed = fixed ?? kind.fixed.some((pointer) => isAtOrBelow(at, pointer));
    return { inEvent, inRecord: at, as, isFixed };
  });
  return { ...record, system, idPattern: kind.id, fields, untouchable: [...untouchable, ...streamPlaces] };
}

/**
 * Returns the problems of a mapping that its schema cannot see.
 *
 * @param limits.maxPatienceMs A quarter of the time for which a held message is kept and its id remembered.
 * @param limits.streamPlaces JSON pointers to the values of which the names of streams are made.
 */
export function mappingProblems(
  path: string,
  system: SystemName | undefined,
  given: MappingInput | undefined,
  { maxPatienceMs, streamPlaces }: { readonly maxPatienceMs: number; readonly streamPlaces: readonly string[] },
): readonly string[] {
  const record = recordMappingSchema.safeParse(given).data;
  // The schema reports other problems.
  if (!record) return [];
  if (system === undefined || !Object.hasOwn(recordKinds, system))
    return [`${path} needs a system, which says where the record is`];
  const problems: string[] = [];
  const pointers = Object.keys(record.fields);
  if (!recordKind(system, record.kind))
    problems.push(
      `${path}.kind is "${record.kind}"; it must be one of ${Object.keys(recordKinds[system])
        .map((kind) => `'${kind}'`)
        .join(', ')}`,
    );
  if (pointers.length === 0) problems.push(`${path}.fields is empty; it must name a value to compare`);
  for (const pointer of pointers) {
    const isIdentity = untouchable.some((own) => isAtOrBelow(pointer, own));
    if (isIdentity || streamPlaces.some((own) => isAtOrBelow(pointer, own) || isAtOrBelow(own, pointer)))
      problems.push(`${path}.fields.${pointer} may not be mapped: the identity of an event is never corrected`);
    const above = pointers.find((other) => other !== pointer && isAtOrBelow(pointer, other));
    if (above !== undefined) problems.push(`${path}.fields.${pointer} lies within ${above}; map only one of them`);
  }
  if (record.patienceMs > maxPatienceMs)
    problems.push(
      `${path}.patienceMs is ${record.patienceMs}; it must be at most ${maxPatienceMs}, a quarter of the time for which messages are kept and ids remembered`,
    );
  return problems;
}

/** Whether a pointer names a value, or something inside it. */
export function isAtOrBelow(pointer: string, value: string): boolean {
  return pointer === value || pointer.startsWith(`${value}/`);
}
