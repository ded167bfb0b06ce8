import { minEventsToLearn, type Guess } from '../../shared/inference/history-window.ts';
import type { Known } from '../../shared/inference/neighbours.ts';
import { runAtOnce } from '../support/run-at-once.ts';
import { aHistoryWindow, shopEvents, withoutEntities } from '../support/streams.ts';

const whole = shopEvents({ events: 2_000, seed: 1 });

/** One event in twenty, or a run of them, in the middle of the stream: its order has a past and a future. */
function everyTwentieth(events: readonly Known[], run = 1): number[] {
  return events.flatMap((_, i) => (i > 200 && i % 20 < run && i < events.length - 200 ? [i] : []));
}

interface Tried {
  readonly event: Known;
  readonly guess: Guess;
}

/** Takes events away and guesses them, each with those that are missing beside it. */
function tryAll(events: readonly Known[], places: readonly number[], run = 1): Tried[] {
  const gone = new Set(places);
  const window = aHistoryWindow(events.filter((_, i) => !gone.has(i)));
  return places
    .filter((_, i) => i % run === 0)
    .flatMap((first) => {
      const guesses = runAtOnce(window.guesses({ below: window.below(events[first]!.eventId), count: run }));
      return guesses.map((guess, i) => ({ event: events[first + i]!, guess }));
    });
}

function shareRight(tried: readonly Tried[]): number {
  return tried.filter(({ event, guess }) => guess.type === event.type).length / tried.length;
}

function meanConfidence(tried: readonly Tried[]): number {
  return tried.reduce((sum, { guess }) => sum + guess.typeConfidence, 0) / tried.length;
}

describe('a missing event', () => {
  const places = everyTwentieth(whole);
  let tried: readonly Tried[];
  beforeAll(() => {
    tried = tryAll(whole, places);
  });

  test('is the one that makes the sequence of an open order whole', () => {
    // Only what was paid is packed, and only what is packed is sent.
    const within = places.filter((i) => whole[i]!.type === 'sent' || whole[i]!.type === 'paid');
    const guessed = tryAll(whole, within);
    expect(shareRight(guessed)).toBeGreaterThan(0.9);
    expect(guessed.filter(({ guess }) => guess.method === 'entity').length / guessed.length).toBeGreaterThan(0.9);
  });

  test('is of the order that lacks it, named by the nearest known event of that order', () => {
    const named = tried.filter(({ guess }) => (guess.entity?.confidence ?? 0) > 0.9);
    expect(named.length).toBeGreaterThan(20);
    const right = named.filter(({ event, guess }) => guess.entity!.digest === event.entity);
    expect(right.length / named.length).toBeGreaterThan(0.9);
    const byId = new Map(whole.map((event) => [event.eventId, event]));
    for (const { guess } of named) expect(byId.get(guess.entity!.sameAs)?.entity).toBe(guess.entity!.digest);
  });

  test('is known better by its order than by what surrounds it', () => {
    const context = tryAll(withoutEntities(whole), places);
    expect(shareRight(tried)).toBeGreaterThan(shareRight(context) + 0.2);
    expect(new Set(context.map(({ guess }) => guess.method))).toEqual(new Set(['context']));
    expect(new Set(context.map(({ guess }) => guess.entity))).toEqual(new Set([undefined]));
  });

  test('is known by what surrounds it where events are about nothing', () => {
    // One order after the other: what comes before and after tells all but which way was taken.
    const inTurn = withoutEntities(shopEvents({ events: 2_000, seed: 2, underway: 1 }));
    expect(shareRight(tryAll(inTurn, everyTwentieth(inTurn)))).toBeGreaterThan(0.85);
  });

  test('is known less well among other missing ones, yet better than by frequency alone', () => {
    const threes = everyTwentieth(whole, 3);
    const most = Math.max(
      ...['placed', 'paid', 'packed', 'sent'].map((type) => whole.filter((event) => event.type === type).length),
    );
    expect(shareRight(tryAll(whole, threes, 3))).toBeGreaterThan((1.5 * most) / whole.length);
  });

  test('is known at the head of the stream, where its order has no future yet, by what came before it', () => {
    // After an order was packed it is sent; there is one such order underway.
    const head = shopEvents({ events: 1_000, seed: 5, underway: 1 });
    const at = head.findLastIndex(({ type }, i) => type === 'sent' && i < 998);
    const [last] = tryAll(head.slice(0, at + 1), [at]);
    expect(last?.guess.type).toBe('sent');
    expect(last?.guess.entity?.digest).toBe(last?.event.entity);
  });
});

describe('confidence', () => {
  const events = shopEvents({ events: 6_000, seed: 3 });

  test.each([
    ['with orders', events],
    ['without', withoutEntities(events)],
  ])('is as high as inferences are right, %s', (_, stream) => {
    const tried = tryAll(stream, everyTwentieth(stream));
    const bands = [0, 0.5, 0.8, 1.01].map((to, i, all) =>
      tried.filter(({ guess }) => guess.typeConfidence >= (all[i - 1] ?? 0) && guess.typeConfidence < to),
    );
    for (const band of bands.filter(({ length }) => length >= 40)) {
      expect(Math.abs(meanConfidence(band) - shareRight(band))).toBeLessThan(0.15);
    }
    expect(Math.abs(meanConfidence(tried) - shareRight(tried))).toBeLessThan(0.05);
  });

  test.each([
    ['with orders', [whole]],
    ['without', [withoutEntities(whole)]],
    [
      'in short histories',
      Array.from({ length: 20 }, (_, seed) => withoutEntities(shopEvents({ events: 300, seed, underway: 1 }))),
    ],
  ])('is no higher than inferences are right in a gap of ten, %s', (_, streams) => {
    const tried = streams.flatMap((stream) => {
      const places = stream.flatMap((_, i) => (i >= 40 && i % 40 < 10 && i < stream.length - 40 ? [i] : []));
      return tryAll(stream, places, 10);
    });
    expect(meanConfidence(tried) - shareRight(tried)).toBeLessThan(0.06);
    const sure = tried.filter(({ guess }) => guess.typeConfidence >= 0.5);
    if (sure.length >= 20) expect(meanConfidence(sure) - shareRight(sure)).toBeLessThan(0.1);
  });

  test('is never whole: nobody can say that nothing else ever comes', () => {
    const same = Array.from({ length: 400 }, (_, i) => ({ eventId: i, type: 'tick', instantMs: i, entity: 0 }));
    const window = aHistoryWindow(same.filter(({ eventId }) => eventId !== 200));
    const [guess] = runAtOnce(window.guesses({ below: 200, count: 1 }));
    expect(guess?.type).toBe('tick');
    expect(guess?.typeConfidence).toBeGreaterThan(0.95);
    expect(guess?.typeConfidence).toBeLessThan(1);
  });
});

test('the same events give the same answer', () => {
  const events = whole.slice(0, 500);
  const [first, second] = [aHistoryWindow(events), aHistoryWindow(events)].map((window) =>
    runAtOnce(window.guesses({ below: 250, count: 4 })),
  );
  expect(second).toEqual(first);
});

describe('the computation for a long hole in a long stream', () => {
  /** Sixty-four orders are under way, so that each event has the most candidates. */
  const busy = shopEvents({ events: 800, seed: 6, underway: 64 });

  test('has so many pieces that none is long: sixteen steps of learning, or one prediction', () => {
    const window = aHistoryWindow(busy);
    const computation = window.guesses({ below: 400, count: 3 });
    let pieces = 0;
    while (!computation.next().done) pieces++;
    // Three shapes, each with six steps an event and a trial for every tenth event.
    expect(pieces).toBeGreaterThan(3 * ((6 * 800) / 16 + 50));
  });

  test('learns a shape once', () => {
    const window = aHistoryWindow(busy);
    const first = runAtOnce(window.guesses({ below: 400, count: 1 }));
    const computation = window.guesses({ below: 400, count: 1 });
    expect(computation.next().done).toBe(false);
    expect(computation.next()).toEqual({ done: true, value: first });
  });
});

test('of few events only what is frequent is believed', () => {
  const few = whole.slice(0, minEventsToLearn - 1).filter(({ eventId }) => eventId !== 100);
  expect(runAtOnce(aHistoryWindow(few).guesses({ below: 99, count: 1 }))).toMatchObject([
    { method: 'context', entity: undefined },
  ]);
});
