import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { noAnswers } from '../../shared/gaps/answers.ts';
import type { Existence } from '../../shared/inference/existence.ts';
import { infer } from '../../shared/inference/infer.ts';
import type { Known } from '../../shared/inference/neighbours.ts';
import { runAtOnce } from '../support/run-at-once.ts';
import { aHistoryWindow } from '../support/streams.ts';
import { minuteMs, noon } from '../support/builders.ts';

const lenient: CatalogDefinition = { streams: { default: { minConfidence: 0 } } };
const money: CatalogDefinition = { ...lenient, types: { Transaction: { inferable: false } } };

/** Events of consecutive ids and minutes, a type each. */
function eventsFrom(firstId: number, ...types: string[]): Known[] {
  return types.map((type, i) => ({
    eventId: firstId + i,
    type,
    instantMs: noon + (firstId + i) * minuteMs,
    entity: 0,
  }));
}

/** A type that follows another, often enough to be believed; on ids far below. */
function habits(...pairs: readonly (readonly [string, string])[]): Known[] {
  return pairs.flatMap((pair, i) =>
    Array.from({ length: 25 }, (_, j) => eventsFrom(1_000 * i + 3 * j - 10_000, ...pair)).flat(),
  );
}

/** The existence of an event in a stream whose events surely existed. */
const surely: Existence = { probability: 1, answers: noAnswers, assumed: { originals: 1, voids: 0 } };

function inferMissing(
  missing: readonly Range[],
  known: readonly Known[],
  {
    catalog = lenient,
    usual = [],
    existence = surely,
  }: { catalog?: CatalogDefinition; usual?: readonly Known[]; existence?: Existence } = {},
) {
  const window = aHistoryWindow([...usual, ...known]);
  return runAtOnce(infer('orders', missing, { window, existence }, makeCatalog(catalog)));
}

const between = [...eventsFrom(1, 'Lead', 'Lead'), ...eventsFrom(4, 'Lead')];
const three = [{ from: 3, to: 3 }];

test('a missing event is inferred from what is around it', () => {
  expect(inferMissing(three, between)).toMatchObject({
    inferred: [{ eventId: 3, type: 'Lead', instantMs: noon + 3 * minuteMs, confidence: 0.75, method: 'context' }],
    obstacles: [],
  });
});

test('an inferred event says between which known ones it stands, and what it is about where that is known', () => {
  const catalog = { ...lenient, types: { Lead: { entity: 'data.case' } } };
  expect(inferMissing(three, between, { catalog }).inferred).toMatchObject([
    { neighbours: { previous: { eventId: 2 }, next: { eventId: 4 } }, entity: undefined, entityPath: 'data.case' },
  ]);
});

test('nothing is inferred where nothing is known', () => {
  expect(inferMissing(three, [])).toEqual({ inferred: [], obstacles: ['nothing-known-around'] });
});

describe('money', () => {
  const around = [...eventsFrom(1, 'Lead', 'Transaction'), ...eventsFrom(4, 'Transaction')];

  test('is never inferred, and no less likely type is inferred in its place', () => {
    expect(inferMissing(three, around, { catalog: money })).toEqual({
      inferred: [],
      obstacles: ['type-not-inferable'],
    });
  });

  test('may stand next to what is inferred', () => {
    const usual = habits(['Transaction', 'Lead']);
    const { inferred } = inferMissing(three, around, { catalog: money, usual });
    expect(inferred).toMatchObject([{ eventId: 3, type: 'Lead' }]);
  });

  test('in the middle of a longer gap is left out, and what follows it is inferred as following it', () => {
    const usual = habits(['Lead', 'Transaction'], ['Transaction', 'Call']);
    const { inferred, obstacles } = inferMissing([{ from: 3, to: 4 }], eventsFrom(1, 'Lead', 'Lead'), {
      catalog: money,
      usual,
    });
    expect(inferred.map(({ eventId, type }) => [eventId, type])).toEqual([[4, 'Call']]);
    expect(obstacles).toEqual(['type-not-inferable']);
  });
});

test('a type that is always checked is not inferred, unless the catalog says that it may be', () => {
  const checked = { consult: 'always' } as const;
  const catalog = { ...lenient, types: { Lead: checked } };
  expect(inferMissing(three, between, { catalog }).obstacles).toEqual(['type-not-inferable']);
  const allowed = { ...lenient, types: { Lead: { ...checked, inferable: true } } };
  expect(inferMissing(three, between, { catalog: allowed }).obstacles).toEqual([]);
});

describe("below the stream's lowest confidence", () => {
  test('nothing is inferred', () => {
    const catalog = { streams: { orders: { minConfidence: 0.76 } } };
    expect(inferMissing(three, between, { catalog })).toEqual({ inferred: [], obstacles: ['too-uncertain'] });
  });

  test('is not what reaches it exactly', () => {
    const catalog = { streams: { orders: { minConfidence: 0.75 } } };
    expect(inferMissing(three, between, { catalog }).inferred).toHaveLength(1);
  });
});

describe('the confidence', () => {
  const half: Existence = { ...surely, probability: 0.5 };

  test('is the product of those that the type is right and that the event existed', () => {
    expect(inferMissing(three, between, { existence: half }).inferred).toMatchObject([
      { typeConfidence: 0.75, confidence: 0.375, existence: half },
    ]);
  });

  test('is too low where the event may not have existed, however certain the type is', () => {
    const catalog = { streams: { orders: { minConfidence: 0.5 } } };
    expect(inferMissing(three, between, { catalog }).inferred).toHaveLength(1);
    expect(inferMissing(three, between, { catalog, existence: half }).obstacles).toEqual(['too-uncertain']);
  });
});

describe('a longer gap', () => {
  const usual = habits(['a', 'b'], ['b', 'c'], ['c', 'd']);

  test('is inferred one after the other: each event is what usually follows the one before it', () => {
    const { inferred } = inferMissing([{ from: 2, to: 4 }], [...eventsFrom(1, 'a'), ...eventsFrom(5, 'z')], { usual });
    expect(inferred.map(({ eventId, type, instantMs }) => [eventId, type, instantMs - noon])).toEqual([
      [2, 'b', 2 * minuteMs],
      [3, 'c', 3 * minuteMs],
      [4, 'd', 4 * minuteMs],
    ]);
  });

  test('begins with what usually follows the event before, whatever usually stands between that and the event behind', () => {
    const pairs = Array.from({ length: 20 }, (_, i) => eventsFrom(4 * i - 50_000, 'a', 'y', 'z')).flat();
    const { inferred } = inferMissing([{ from: 2, to: 3 }], [...eventsFrom(1, 'a'), ...eventsFrom(4, 'z')], {
      usual: [...pairs, ...usual],
    });
    expect(inferred.map(({ type }) => type)).toEqual(['b', 'c']);
  });

  test('ends with what usually stands between the last of them and the next event', () => {
    const pairs = Array.from({ length: 20 }, (_, i) => eventsFrom(4 * i - 50_000, 'b', 'x', 'z')).flat();
    const { inferred } = inferMissing([{ from: 2, to: 3 }], [...eventsFrom(1, 'a'), ...eventsFrom(4, 'z')], {
      usual: [...pairs, ...usual],
    });
    expect(inferred.map(({ type }) => type)).toEqual(['b', 'x']);
  });
});

test('an event within a gap is a neighbour of the missing ids on both sides', () => {
  const known = [...eventsFrom(1, 'Lead'), ...eventsFrom(3, 'Lead'), ...eventsFrom(5, 'Lead')];
  const rests = [
    { from: 2, to: 2 },
    { from: 4, to: 4 },
  ];
  expect(inferMissing(rests, known).inferred.map(({ instantMs }) => instantMs - noon)).toEqual([
    2 * minuteMs,
    4 * minuteMs,
  ]);
});

test('events with wrong clocks beside missing ones do not move them', () => {
  const known = eventsFrom(1, ...'Lead Lead Lead Lead Lead Lead Lead Lead Lead'.split(' '))
    .filter(({ eventId }) => eventId !== 4 && eventId !== 7)
    .map((event) => {
      if (event.eventId === 3) return { ...event, instantMs: Date.UTC(2099, 0, 1) };
      return event.eventId === 8 ? { ...event, instantMs: 0 } : event;
    });
  const rests = [
    { from: 4, to: 4 },
    { from: 7, to: 7 },
  ];
  const { inferred } = inferMissing(rests, known);
  expect(inferred.map(({ instantMs }) => instantMs - noon)).toEqual([4 * minuteMs, 7 * minuteMs]);
  expect(inferred.map(({ neighbours }) => [neighbours.previous?.eventId, neighbours.next?.eventId])).toEqual([
    [3, 5],
    [6, 8],
  ]);
});

test('every obstacle is named once', () => {
  const catalog = { streams: { orders: { minConfidence: 1 } } };
  const { obstacles } = inferMissing(
    [
      { from: 3, to: 3 },
      { from: 5, to: 9 },
    ],
    between,
    { catalog },
  );
  expect(obstacles).toEqual(['too-uncertain']);
});

test('a rare type is not inferred because it shares a bucket with hundreds of other rare types', () => {
  const types = Array.from({ length: 600 }, (_, i) => `type-${String(i % 300).padStart(3, '0')}`);
  const events = eventsFrom(1, ...types);
  const { inferred, obstacles } = inferMissing(
    [{ from: 299, to: 299 }],
    events.filter(({ eventId }) => eventId !== 299),
  );
  expect(obstacles).toEqual([]);
  expect(inferred[0]?.type).toMatch(/^type-/);
  expect(inferred[0]?.confidence).toBeLessThan(0.1);
});
