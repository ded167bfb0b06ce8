import * as objects from '@hubspot/api-client/lib/codegen/crm/objects/index.js';
import { AccessError } from '../errors.ts';
import { JsonIndex } from '../json-index.ts';
import { parseIso8601 } from '../timestamps/iso8601.ts';
import type { FormerValue, Ref } from '../verification/sighting.ts';
import { exchange } from './exchange.ts';
import { hubspotConfiguration, objectTypeOf } from './hubspot-client.ts';
import type { ReadRecord, RecordReader } from './record-reader.ts';
import type { HubSpotSettings } from '../system-settings.ts';

/** The most records of one request, with and without the history of properties. */
const maxWithHistory = 50;
const maxWithoutHistory = 100;

interface RecordBody {
  readonly id?: unknown;
  readonly archived?: unknown;
  readonly updatedAt?: unknown;
  readonly propertiesWithHistory?: Readonly<Record<string, readonly { value?: unknown; timestamp?: unknown }[]>>;
}

/** Reads contacts, companies and deals of HubSpot with the history of the properties that are compared. */
export class HubSpotReader implements RecordReader {
  private readonly settings: HubSpotSettings;

  constructor(settings: HubSpotSettings) {
    this.settings = settings;
  }

  maxBatch(ref: Ref): number {
    return propertiesIn(ref.former ?? ref.fields).length > 0 ? maxWithHistory : maxWithoutHistory;
  }

  async read(refs: readonly Ref[], signal: AbortSignal): Promise<readonly ReadRecord[]> {
    const [{ kind, fields, former = fields }] = refs as readonly [Ref];
    for (const { account } of refs) this.checkPortal(account);
    const inputs = [...new Set(refs.map(({ id }) => id))].map((id) => ({ id }));
    const wanted = Object.assign(new objects.BatchReadInputSimplePublicObjectId(), {
      inputs,
      properties: propertiesIn(fields),
      propertiesWithHistory: propertiesIn(former),
    });
    const read = await exchange(
      { system: 'hubspot', signal, codeOf: ({ category }) => category, isAbsent: () => false },
      (made) => new objects.BatchApi(hubspotConfiguration(this.settings, made)).read(objectTypeOf(kind), wanted),
    );
    const records = read ? recordsIn(read.text) : new Map<string, ReadRecord>();
    // A record that is gone is left out. One that was merged into another comes under the id of the other.
    return refs.map(({ id }) => records.get(id) ?? { absent: true });
  }

  private checkPortal(account: string | undefined): void {
    const { portalId } = this.settings;
    if (account !== undefined && portalId !== undefined && account !== portalId)
      throw new AccessError('hubspot: the event is of another portal than the key');
  }
}

/** Returns the names of the properties among values of a record. */
function propertiesIn(pointers: readonly string[]): string[] {
  return pointers.flatMap((pointer) => /^\/properties\/([^/]+)$/.exec(pointer)?.[1] ?? []);
}

/** Reads the records of an answer by their id, each as it is spelt. */
function recordsIn(text: string): ReadonlyMap<string, ReadRecord> {
  const index = new JsonIndex(text);
  const results = index.find(['results']).at(-1);
  const texts = results === undefined ? [] : index.childrenOf(results).map((child) => index.textOf(child));
  return new Map(
    texts.map((record) => {
      const body = JSON.parse(record) as RecordBody;
      const changedAtMs = typeof body.updatedAt === 'string' ? parseIso8601(body.updatedAt)?.ms : undefined;
      const seen: ReadRecord = { text: record, changedAtMs, history: historyIn(body) };
      return [String(body.id), body.archived === true ? { absent: true } : seen];
    }),
  );
}

/** Reads the history of the properties. A property that was cleared has the value "" in it, and is `null` now. */
function historyIn({ propertiesWithHistory = {} }: RecordBody): Readonly<Record<string, readonly FormerValue[]>> {
  return Object.fromEntries(
    Object.entries(propertiesWithHistory).map(([name, values]) => [
      `/properties/${name}`,
      values.flatMap(({ value, timestamp }) => {
        const sinceMs = typeof timestamp === 'string' ? parseIso8601(timestamp)?.ms : undefined;
        if (sinceMs === undefined) return [];
        return [{ text: value === '' || value === null ? 'null' : JSON.stringify(value), sinceMs }];
      }),
    ]),
  );
}
