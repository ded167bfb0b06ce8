import { codes, type Code } from '../failure.ts';
import type { LetterIndex } from '../letter-ports.ts';
import { LruCache } from '../lru-cache.ts';
import type { Series, TimeSpan } from './activity.ts';

const stepMs = 3_600_000;
const steps = 24;
/** A count ends here: it costs eleven reads. */
const maxCountedInStep = 10_000;

/**
 * Counts dead letters by code and hour, by when they were opened. The hours that are over are counted once: their counts
 * change only if a letter is opened again. So a page costs some 24 counts, and later ones one or two for each code.
 */
export class LetterPlot {
  private readonly index: Pick<LetterIndex, 'count'>;
  private readonly counted = new LruCache<number>({ maxEntries: 2 * steps * codes.length });

  constructor(index: Pick<LetterIndex, 'count'>) {
    this.index = index;
  }

  async load(nowMs: number): Promise<Series> {
    const endMs = Math.ceil((nowMs + 1) / stepMs) * stepMs;
    const span = { fromMs: endMs - steps * stepMs, stepMs, steps };
    const found = await Promise.all(
      codes.map(async (code) => ({ code, count: await this.index.count({ code, fromMs: span.fromMs }, 1) })),
    );
    const present = found.filter(({ count }) => count > 0).map(({ code }) => code);
    const layers = await Promise.all(present.map((code) => this.layer(code, span, nowMs)));
    return { title: 'Dead letters by code, by when they were opened', span, layers, isSum: true };
  }

  private async layer(code: Code, { fromMs }: TimeSpan, nowMs: number) {
    const amounts = await Promise.all(
      Array.from({ length: steps }, (_, step) => this.countStep(code, fromMs + step * stepMs, nowMs)),
    );
    return { name: code, amounts };
  }

  private async countStep(code: Code, fromMs: number, nowMs: number): Promise<number> {
    const key = `${code} ${fromMs}`;
    const known = this.counted.get(key);
    if (known !== undefined) return known;
    const toMs = fromMs + stepMs;
    const count = await this.index.count({ code, fromMs, toMs }, maxCountedInStep);
    // A letter may be filed a moment after its hour.
    if (toMs + stepMs < nowMs) this.counted.set(key, count);
    return count;
  }
}
