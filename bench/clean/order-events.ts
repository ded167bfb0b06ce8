import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { makeRandom } from '../../shared/embedded/random.ts';
import type { Random } from '../../shared/ports.ts';

const types = ['OrderPlaced', 'OrderPaid', 'OrderShipped', 'Refunded'] as const;
const firstMs = Date.UTC(2025, 10, 24, 16);
/** One event in a thousand comes twice. */
const copiedShare = 0.001;
const linesAtOnce = 1_000;

/** Writes a file of numbered events of some 300 bytes, a line each, in the order of their numbers. */
export async function writeOrderEvents(path: string, events: number): Promise<void> {
  const random = makeRandom(1);
  const file = createWriteStream(path);
  let lines: string[] = [];
  for (let id = 1; id <= events; id++) {
    const line = orderEvent(id, random);
    lines.push(line);
    if (random() < copiedShare && id < events) {
      lines.push(line);
      id++;
    }
    if (lines.length < linesAtOnce) continue;
    if (!file.write(`${lines.join('\n')}\n`)) await once(file, 'drain');
    lines = [];
  }
  file.end(lines.map((line) => `${line}\n`).join(''));
  await once(file, 'close');
}

function orderEvent(id: number, random: Random): string {
  const upTo = (n: number): number => Math.floor(random() * n);
  return JSON.stringify({
    event_id: id,
    type: types[id % types.length],
    timestamp: new Date(firstMs + id * 37).toISOString(),
    valid: true,
    data: {
      order: `o-${upTo(1e6)}`,
      customer: `c-${upTo(1e5)}`,
      amount: upTo(10_000) / 100,
      currency: 'EUR',
      items: [{ sku: `sku-${upTo(1_000)}`, count: 1 + upTo(3) }],
      note: 'leave it with the neighbours if nobody is at home, and ring twice at the green door',
    },
  });
}
