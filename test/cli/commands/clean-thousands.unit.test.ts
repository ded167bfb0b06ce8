import type { Summary } from '../../../cli/clean/books.ts';
import { boldCatalog, runClean } from '../../support/clean-run.ts';
import { Directory } from '../../support/command-run.ts';
import { draws, shuffle } from '../../support/json-arbitraries.ts';

const directory = new Directory();
const types = ['LeadCreated', 'CRM_Sync', 'CRM_Sync', 'LeadCreated', 'Transaction', 'Call'];
const firstId = 100_001;
const count = 2_000;

/** A stream of some thousands of events, from which some were taken and others repeated, out of order within windows. */
interface Disorder {
  readonly lines: readonly string[];
  /** Ascending. */
  readonly removed: readonly number[];
  /** Ascending. */
  readonly repeated: readonly number[];
}

function line(id: number): string {
  const timestamp = new Date(Date.UTC(2025, 1, 9) + id * 1_000).toISOString().slice(0, 19);
  const type = types[id % types.length]!;
  const odd = id % 3 === 0 ? ', "n" : 9007199254740993' : id % 3 === 1 ? ',"n":1e400' : ',"n":1.0';
  return `{"event_id":${id}, "type":"${type}","timestamp":"${timestamp}","valid":true${odd}}`;
}

function aDisorder(seed: number, windowSize: number): Disorder {
  const draw = draws(seed);
  const removed: number[] = [];
  const repeated: number[] = [];
  const lines: string[] = [];
  for (let id = firstId; id < firstId + count; id++) {
    // Events missing at either end are not known to be missing.
    const isWithin = id > firstId && id < firstId + count - 1;
    const isRemoved = isWithin && draw() < (removed.at(-1) === id - 1 ? 0.5 : 0.02);
    if (isRemoved) removed.push(id);
    else lines.push(line(id));
    if (!isRemoved && draw() < 0.03) {
      repeated.push(id);
      lines.push(line(id));
    }
  }
  const windows = Array.from({ length: Math.ceil(lines.length / windowSize) }, (_, i) =>
    shuffle(lines.slice(i * windowSize, (i + 1) * windowSize), draw),
  );
  return { lines: windows.flat(), removed, repeated };
}

async function cleaned({ lines }: Disorder, ...options: string[]) {
  const { out: written, ...rest } = await runClean(directory, lines.join('\n'), [
    ...options,
    ...(await boldCatalog(directory)),
  ]);
  const isInferred = (text: string): boolean => text.includes('"origin":"reconstructed"');
  return {
    ...rest,
    written,
    accepted: written.filter((text) => !isInferred(text)),
    inferred: written.filter(isInferred),
  };
}

function idOf(text: string): number {
  return (JSON.parse(text) as { event_id: number }).event_id;
}

function ascending(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}

function idsOf(gaps: Summary['gaps']): number[] {
  return gaps.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
}

describe.each([1, 2])('of thousands of events, shuffled within fifty (seed %d),', (seed) => {
  const disorder = aDisorder(seed, 50);
  let result: Awaited<ReturnType<typeof cleaned>>;

  beforeAll(async () => {
    result = await cleaned(disorder);
  });

  test('exactly the removed are found missing, and exactly the repeated are duplicates', () => {
    const { code, summary, letters } = result;
    expect(code).toBe(0);
    expect(idsOf(summary.gaps)).toEqual(disorder.removed);
    const duplicates = letters.filter((letter) => letter.code === 'ERR_DUPLICATE');
    expect(ascending(duplicates.map(({ original }) => idOf(original!)))).toEqual(disorder.repeated);
    expect(summary.duplicates).toBe(disorder.repeated.length);
  });

  test('every letter of a line is that very line, and the later of its copies', () => {
    const { letters } = result;
    for (const { line: at, original } of letters) {
      if (at === null) continue;
      expect(disorder.lines[at - 1]).toBe(original);
      expect(disorder.lines.indexOf(original!)).toBeLessThan(at - 1);
    }
  });

  test('every other comes out byte for byte, once, in the order of the file', () => {
    expect(result.accepted).toEqual([...new Set(disorder.lines)]);
  });

  test('letters come out in the order of the file, too, those of gaps behind', () => {
    const lines = result.letters.map((letter) => letter.line ?? Number.MAX_SAFE_INTEGER);
    expect(lines).toEqual([...lines].sort((one, other) => one - other));
  });

  test('the missing are inferred behind all others, but for money, and none that is not missing', () => {
    const { written, inferred, summary } = result;
    expect(written.slice(written.length - inferred.length)).toEqual(inferred);
    const reconstructed = summary.gaps.filter(({ state }) => state === 'reconstructed');
    const ids = ascending(inferred.map(idOf));
    expect(ids).toEqual(expect.arrayContaining(idsOf(reconstructed)));
    expect(disorder.removed).toEqual(expect.arrayContaining(ids));
    expect(new Set(ids).size).toBe(ids.length);
    expect(inferred.filter((text) => text.includes('Transaction'))).toEqual([]);
    expect(summary.gaps.every(({ state }) => state === 'reconstructed' || state === 'abandoned')).toBe(true);
    // One letter lists all gaps that are given up together.
    expect(summary.byCode.ERR_GAP_UNRECOVERABLE ?? 0).toBe(summary.gaps.length > reconstructed.length ? 1 : 0);
  });

  test('each is in one place: the books balance', () => {
    const { summary, accepted, inferred, letters } = result;
    const { received, cleaned: all, reconstructed, deadLettered, applied, dropped, pending } = summary;
    expect(received).toBe(disorder.lines.length);
    expect([all, reconstructed]).toEqual([accepted.length + inferred.length, inferred.length]);
    expect(deadLettered).toBe(letters.filter(({ line: at }) => at !== null).length);
    expect([applied, dropped, pending]).toEqual([0, 0, 0]);
    expect(received).toBe(all - reconstructed + deadLettered + applied + dropped + pending);
  });

  test('nothing is inferred where gaps are only to be listed', async () => {
    const { summary, inferred, accepted } = await cleaned(disorder, '--infer', 'off');
    expect(inferred).toEqual([]);
    expect(accepted).toHaveLength(new Set(disorder.lines).size);
    expect(idsOf(summary.gaps)).toEqual(disorder.removed);
    expect(new Set(summary.gaps.map(({ state }) => state))).toEqual(new Set(['open']));
    expect(summary).toMatchObject({ reconstructed: 0, byCode: { ERR_DUPLICATE: disorder.repeated.length } });
  });
});

test('of thousands of events in their order all come out in their order', async () => {
  const disorder = aDisorder(4, 1);
  const { accepted } = await cleaned(disorder, '--infer', 'off');
  expect(accepted).toEqual([...new Set(disorder.lines)]);
});
