import { contentHash, fieldReplacements } from '../shared/content-hash.ts';
import { readJsonObject, type JsonObject } from '../shared/json.ts';
import { parseIso8601 } from '../shared/timestamps/iso8601.ts';
import { median } from './rounds.ts';

/** The cost of reading an event, as multiples of `JSON.parse` of its text in the same run. */
export interface HashCost {
  readonly eventBytes: number;
  /** Reads the event, with all checks of its JSON. */
  readonly read: number;
  /** Digests the content of an event that was read. */
  readonly hash: number;
}

const event = JSON.stringify({
  event_id: 1_001,
  type: 'OrderPaid',
  timestamp: '2025-02-09T12:00:00.123Z',
  valid: true,
  uuid: '0f8b1c1e-1111-4a4a-8b8b-000000000001',
  data: {
    order: 'o-17',
    customer: { name: 'Zoë Ng', mail: 'zoe@a.example', tags: ['new', 'vip'] },
    lines: [
      { article: 'a-1', amount: 2, price: 12.5 },
      { article: 'a-2', amount: 1, price: 9 },
    ],
    paid: true,
    note: null,
  },
});

/** Measures the cost in rounds, and takes the median of their ratios, since other processes disturb single ones. */
export function hashCost(rounds = 11, timesARound = 4_000): HashCost {
  const bytes = Buffer.from(event);
  const read = (): JsonObject => readJsonObject(bytes) as JsonObject;
  const instant = parseIso8601('2025-02-09T12:00:00.123Z');
  const hash = (object: JsonObject): unknown => contentHash(object, fieldReplacements(object, instant));
  const ratios = Array.from({ length: rounds }, () => {
    const parsing = durationOf(timesARound, () => JSON.parse(event));
    const reading = durationOf(timesARound, read);
    const hashing = durationOf(timesARound, () => hash(read()));
    return { read: reading / parsing, hash: (hashing - reading) / parsing };
  });
  // The first round also compiles.
  const later = ratios.slice(1);
  return {
    eventBytes: bytes.length,
    read: median(later.map((ratio) => ratio.read)),
    hash: median(later.map((ratio) => ratio.hash)),
  };
}

function durationOf(times: number, run: () => unknown): number {
  const startedAtMs = performance.now();
  for (let i = 0; i < times; i++) run();
  return performance.now() - startedAtMs;
}
