import { evaluate } from '../../../cli/commands/evaluate.ts';
import type { Evaluation } from '../../../cli/evaluate/evaluation.ts';
import { UsageError } from '../../../cli/command.ts';
import { Directory, runCommand } from '../../support/command-run.ts';
import { shopEvents } from '../../support/streams.ts';

const directory = new Directory();

/** A file of a shop's events: its lines. */
function shopLines(events: number, { seed = 4, underway = 6 } = {}): string[] {
  return shopEvents({ events, seed, underway }).map(({ eventId, type, instantMs, entity }) =>
    JSON.stringify({
      event_id: eventId,
      type,
      timestamp: new Date(instantMs).toISOString(),
      data: { order: `o${entity}` },
    }),
  );
}

async function evaluated(lines: readonly string[], ...args: readonly string[]): Promise<Evaluation> {
  const file = await directory.write('events.ndjson', lines.join('\n'));
  const { code, stdout } = await runCommand(evaluate, [file, '--json', ...args]);
  expect(code).toBe(0);
  return JSON.parse(stdout) as Evaluation;
}

const shop = shopLines(1_200);
/** Enough for what does not depend on how well the model has learned. */
const short = shop.slice(0, 400);

test('removes a share of a file, infers it, and says how well beside the most frequent type', async () => {
  const result = await evaluated(shop, '--entity', 'data.order');
  expect(result).toMatchObject({
    events: 1_200,
    skipped: 0,
    missing: 0,
    removed: 60,
    share: 0.05,
    runLength: 1,
    seed: 1,
  });
  expect(result.typeAccuracy).toBeGreaterThan(result.baseline.typeAccuracy + 0.2);
  expect(result.entityAccuracy).toBeGreaterThan(0.5);
  expect(result.timestampErrorSeconds).toEqual(result.baseline.timestampErrorSeconds);
  expect(result.reliability.reduce((sum, { count }) => sum + count, 0)).toBe(60);
  expect(result.baseline.entityAccuracy).toBeNull();
});

describe('events of another format', () => {
  const few = shop.slice(0, 200);
  const cloudLines = (source: string): string[] =>
    few.map((line) => {
      const { event_id, type, timestamp, data } = JSON.parse(line) as Record<string, unknown>;
      const id = String(event_id);
      return JSON.stringify({ specversion: '1.0', id, source, type, time: timestamp, sequence: id, data });
    });

  test('are inferred as well as in the default format, by their preset or by a source of the catalog', async () => {
    const plain = await evaluated(few, '--entity', 'data.order');
    const lines = cloudLines('/a');
    expect(await evaluated(lines, '--entity', 'data.order', '--format', 'cloudEvents')).toEqual(plain);
    const sources = { shop: { stream: ['/source'], fields: { preset: 'cloudEvents', sequence: true } } };
    const catalog = await directory.write('c.mjs', `export const catalog = ${JSON.stringify({ sources })};`);
    const by = ['--entity', 'data.order', '--source', 'shop', '--catalog', catalog];
    expect(await evaluated(lines, ...by)).toEqual(plain);
    const two = await evaluated([...lines, ...cloudLines('/b').slice(0, 5)], ...by);
    expect(two).toEqual({ ...plain, skipped: 5 });
  });

  test('are refused if they have no numbers', async () => {
    await expect(evaluated(few, '--format', 'stripe')).rejects.toThrow('these events have no numbers');
  });
});

test('has no entity to infer where none is named', async () => {
  expect((await evaluated(short)).entityAccuracy).toBeNull();
});

test('removes the same with one seed, and something else with another', async () => {
  const [one, again, other] = [
    await evaluated(short, '--seed', '7'),
    await evaluated(short, '--seed', '7'),
    await evaluated(short, '--seed', '8'),
  ];
  expect(again).toEqual(one);
  expect(other.timestampErrorSeconds).not.toEqual(one.timestampErrorSeconds);
});

test('removes runs', async () => {
  expect(await evaluated(short, '--run-length', '5')).toMatchObject({ removed: 20, runLength: 5 });
});

describe('with ids that never existed', () => {
  const half = ['--entity', 'data.order', '--share', '0.2', '--answers', '0.5'] as const;

  function expectHoles({ lateAnswers: { originals, voids } }: Evaluation, holes: number): void {
    expect(originals + voids).toBeGreaterThan(170);
    expect(voids / (originals + voids)).toBeCloseTo(holes, 1);
  }

  test('at least 80 % of what is published existed with that type, if half is answered', async () => {
    let [count, right] = [0, 0];
    for (const seed of [1, 2, 3]) {
      // With three orders under way, a good quarter of the types cannot be told. Of the ids, 15 % never existed.
      const lines = shopLines(2_000, { seed, underway: 3 });
      const result = await evaluated(lines, ...half, '--holes', '0.15', '--seed', String(seed));
      expect([result.removed, result.judged]).toEqual([400, 200]);
      expectHoles(result, 0.15);
      count += result.publishable.count;
      right += result.publishable.count * (result.publishable.accuracy ?? 0);
    }
    expect(count).toBeGreaterThan(60);
    expect(right / count).toBeGreaterThanOrEqual(0.8);
  });

  test('nothing is published where most ids never existed, and the confidence is calibrated', async () => {
    const result = await evaluated(shopLines(2_000, { underway: 2 }), ...half, '--holes', '0.86');
    expectHoles(result, 0.86);
    expect(result.publishable.count).toBe(0);
    expect(result.ece).toBeLessThan(0.1);
  });

  test('the prior alone is too sure where nobody answers, and all events are judged', async () => {
    const result = await evaluated(shop, '--entity', 'data.order', '--holes', '0.86');
    expect(result).toMatchObject({ removed: 60, judged: 60, lateAnswers: { originals: 0, voids: 0 } });
    expect(result.publishable.count).toBeGreaterThan(10);
    expect(result.publishable.accuracy).toBeLessThan(0.5);
  });

  test('removes the same events, and is as right about the types of those that existed', async () => {
    const [plain, holed] = [await evaluated(shop), await evaluated(shop, '--holes', '0.2')];
    expect(holed.removed).toBe(plain.removed);
    expect(Math.abs(holed.typeAccuracy - plain.typeAccuracy)).toBeLessThan(0.1);
  });
});

test('goes on where ids are missing already, and skips what the pipeline would not publish', async () => {
  const lines = [...shop.slice(0, 500), ...shop.slice(510), shop[3]!, 'no JSON', '{"event_id":9000}'];
  expect(await evaluated(lines)).toMatchObject({ events: 1_190, skipped: 3, missing: 7_809 });
});

test('reads events in whatever order they come', async () => {
  const { typeAccuracy } = await evaluated(short);
  expect((await evaluated(short.toReversed())).typeAccuracy).toBe(typeAccuracy);
});

test('draws a table for a person, and a diagram of how right it was when how sure', async () => {
  const file = await directory.write('events.ndjson', shop.join('\n'));
  const plot = directory.file('plot.svg');
  const { code, stdout } = await runCommand(evaluate, [file, '--plot', plot]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/1,200 events, 60 of them removed \(seed 1\)/);
  expect(stdout).toMatch(/type accuracy +0\.\d{3} +0\.\d{3}/);
  expect(stdout).toMatch(/0\.9–1\.0/);
  expect(stdout).not.toMatch(/never existed/);
  const holed = await runCommand(evaluate, [file, '--holes', '0.25', '--answers', '1']);
  expect(holed.stdout).toMatch(/25 % never existed, and 100 % are answered after the deadline/);
  expect(holed.stdout).toMatch(/judged: the last 30 removed events/);
  const svg = (await directory.lines('plot.svg')).join('\n');
  expect(svg).toMatch(/^<svg [^>]*>[\s\S]*<\/svg>$/);
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  expect(svg.match(/<title>\d+<\/title>/g)).toHaveLength(10);
});

describe('refuses', () => {
  test.each([
    [['--share', '0'], /--share must be a number from 0.0001 to 0.9999/],
    [['--share', '1'], /--share/],
    [['--share', 'some'], /--share/],
    [['--share', ''], /--share/],
    [['--run-length', '0'], /--run-length must be a whole number/],
    [['--run-length', '1.5'], /--run-length/],
    [['--holes', '1.1'], /--holes must be a number from 0 to 1/],
    [['--answers', '-1'], /--answers/],
    [['--seed', 'x'], /--seed must be a whole number/],
    [['--seed', '0.5'], /--seed/],
    [['--entity', 'data..order'], /--entity must be a path/],
    [['--entity', 'data.customer'], /no event has a text or number at data.customer/],
    [['--plot', '-'], /--plot must be a file/],
    [['--run-length', '2000'], /no run of 2000 can be removed/],
  ])('%j', async (args, reason) => {
    const file = await directory.write('events.ndjson', shop.slice(0, 300).join('\n'));
    await expect(runCommand(evaluate, [file, ...args])).rejects.toThrow(reason);
    await expect(runCommand(evaluate, [file, ...args])).rejects.toThrow(UsageError);
  });

  test('a file that is not there, no file, or several', async () => {
    await expect(runCommand(evaluate, [directory.file('nowhere')])).rejects.toThrow('there is no such file');
    await expect(runCommand(evaluate, [])).rejects.toThrow(/takes one FILE/);
    await expect(runCommand(evaluate, ['a', 'b'])).rejects.toThrow(/takes one FILE/);
  });

  test('a file without events', async () => {
    const file = await directory.write('empty.ndjson', 'no JSON\n');
    await expect(runCommand(evaluate, [file])).rejects.toThrow(
      /no run of 1 can be removed from 0 events; skipped: 1 record/,
    );
  });
});
