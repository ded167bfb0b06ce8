import type { StandInAnswer } from './answer.ts';
import type { StandInRecord, StandInRecords } from './records.ts';

/** The body of a batch upsert. */
export interface Upsert {
  readonly inputs?: readonly {
    readonly id?: string;
    /** A property with a value of its own for each record. */
    readonly idProperty?: string;
    readonly properties?: Readonly<Record<string, string>>;
  }[];
}

/** The first id of a record that an upsert creates. */
const firstId = 1_001;

/**
 * Updates the records that have the given values of their id properties, and creates those that are missing.
 *
 * @returns Undefined if an input names no value or no property.
 */
export function upsertRecords(
  kind: string,
  { inputs = [] }: Upsert,
  records: StandInRecords,
  nowMs: number,
): StandInAnswer | undefined {
  const results: unknown[] = [];
  for (const { id, idProperty, properties } of inputs) {
    if (id === undefined || idProperty === undefined) return undefined;
    const all = records.list('hubspot', kind, nowMs);
    const known = all.find((record) => propertiesOf(record)[idProperty] === id);
    const recordId = known?.id === undefined ? String(firstId + all.length) : (known.id as string);
    const at = new Date(nowMs).toISOString();
    records.change('hubspot', kind, recordId, {
      ...(known ?? { id: recordId, createdAt: at }),
      updatedAt: at,
      properties: { ...propertiesOf(known), hs_object_id: recordId, [idProperty]: id, ...properties },
    });
    results.push({ archived: false, ...records.find('hubspot', kind, recordId), new: known === undefined });
  }
  return { status: 200, body: { status: 'COMPLETE', results } };
}

function propertiesOf(record: StandInRecord | undefined): StandInRecord {
  return (record?.properties as StandInRecord | undefined) ?? {};
}
