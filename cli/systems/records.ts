import { z } from 'zod';

/** A record as the system's API shows it. */
const recordSchema = z.looseObject({});
const recordsById = z.record(z.string(), recordSchema).default({});

/** The records of the stand-in, by system, kind and id: the file that `eventmend systems` reads. */
export const recordFileSchema = z.strictObject({
  hubspot: z.strictObject({ contact: recordsById, company: recordsById, deal: recordsById }).prefault({}),
  stripe: z
    .strictObject({
      event: recordsById,
      charge: recordsById,
      refund: recordsById,
      payment_intent: recordsById,
      customer: recordsById,
    })
    .prefault({}),
  twilio: z.strictObject({ message: recordsById, call: recordsById }).prefault({}),
});

export type StandInRecord = Readonly<Record<string, unknown>>;
export type RecordFile = z.output<typeof recordFileSchema>;
export type StandInSystem = keyof RecordFile;

/** The states of a record that only the stand-in knows. */
interface Shown {
  record: StandInRecord;
  /** The record that a stale read returns. */
  before: StandInRecord | undefined;
  isStale: boolean;
  isDeleted: boolean;
  /** The id of the record that this one was merged into. */
  mergedInto: string | undefined;
  /** When lists show the record, in milliseconds since 1970. */
  listedFromMs: number;
}

/** The records of a stand-in. They change while it runs. */
export class StandInRecords {
  private readonly shown = new Map<string, Shown>();

  constructor(file: RecordFile) {
    for (const [system, kinds] of Object.entries(file))
      for (const [kind, records] of Object.entries(kinds))
        for (const [id, record] of Object.entries(records as Readonly<Record<string, StandInRecord>>))
          this.shown.set(nameOf(system, kind, id), { ...fresh, record });
  }

  /** Finds a record as a read shows it now. */
  find(system: StandInSystem, kind: string, id: string): StandInRecord | undefined {
    const one = this.shown.get(nameOf(system, kind, id));
    if (!one || one.isDeleted) return undefined;
    if (one.mergedInto !== undefined) return this.find(system, kind, one.mergedInto);
    return one.isStale ? (one.before ?? one.record) : one.record;
  }

  isDeleted(system: StandInSystem, kind: string, id: string): boolean {
    return this.shown.get(nameOf(system, kind, id))?.isDeleted === true;
  }

  /** Lists the records of a kind, without those that lists do not show yet. */
  list(system: StandInSystem, kind: string, nowMs: number): readonly StandInRecord[] {
    const start = nameOf(system, kind, '');
    return [...this.shown]
      .filter(([name, one]) => name.startsWith(start) && !one.isDeleted && one.mergedInto === undefined)
      .filter(([, one]) => one.listedFromMs <= nowMs)
      .map(([, one]) => one.record);
  }

  /** Replaces members of a record. A stale read shows it as it was. */
  change(system: StandInSystem, kind: string, id: string, members: StandInRecord): void {
    const one = this.get(system, kind, id);
    one.before = one.record;
    one.record = { ...one.record, ...members };
  }

  set(system: StandInSystem, kind: string, id: string, state: Partial<Omit<Shown, 'record' | 'before'>>): void {
    Object.assign(this.get(system, kind, id), state);
  }

  private get(system: StandInSystem, kind: string, id: string): Shown {
    const name = nameOf(system, kind, id);
    const one = this.shown.get(name) ?? { ...fresh, record: {} };
    this.shown.set(name, one);
    return one;
  }
}

const fresh: Shown = {
  record: {},
  before: undefined,
  isStale: false,
  isDeleted: false,
  mergedInto: undefined,
  listedFromMs: 0,
};

function nameOf(system: string, kind: string, id: string): string {
  return `${system}/${kind}/${id}`;
}
