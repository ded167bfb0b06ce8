import type { LetterFilter } from '../../shared/dead-letter/letter-filter.ts';
import { LetterPlot } from '../../shared/views/letter-plot.ts';

const hourMs = 3_600_000;
const midnight = Date.UTC(2026, 0, 2);
const nowMs = midnight + 1.5 * hourMs;

/** Counts the times of letters with one code, and remembers what was asked. */
class Counted {
  readonly asked: LetterFilter[] = [];
  private readonly times: readonly number[];

  constructor(times: readonly number[]) {
    this.times = times;
  }

  async count(filter: LetterFilter, max = Number.POSITIVE_INFINITY): Promise<number> {
    this.asked.push(filter);
    const { code, fromMs = 0, toMs = Number.POSITIVE_INFINITY } = filter;
    const found = code === 'ERR_CONFLICT' ? this.times.filter((atMs) => fromMs <= atMs && atMs < toMs) : [];
    return Math.min(max, found.length);
  }
}

test('letters count in the hour in which they were opened, and codes without letters are left out', async () => {
  const counted = new Counted([nowMs, midnight, midnight - 1, midnight - 30 * hourMs]);
  const { layers, span } = await new LetterPlot(counted).load(nowMs);
  expect(layers.map(({ name }) => name)).toEqual(['ERR_CONFLICT']);
  expect(layers[0]?.amounts.slice(-3)).toEqual([1, 1, 1]);
  expect(layers[0]?.amounts.reduce((a, b) => a + b)).toBe(3);
  expect(span.fromMs + span.steps * span.stepMs).toBe(midnight + 2 * hourMs);
});

test('hours that are over are counted once', async () => {
  const counted = new Counted([midnight - 5 * hourMs]);
  const plot = new LetterPlot(counted);
  await plot.load(nowMs);
  counted.asked.length = 0;
  await plot.load(nowMs + 60_000);
  // Twelve codes are looked for. Of the one that has letters, this hour and the last one may still change.
  expect(counted.asked).toHaveLength(12 + 2);
});
