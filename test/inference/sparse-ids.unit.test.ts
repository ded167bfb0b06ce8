import { makeCatalog } from '../../shared/catalog-definition.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { noAnswers } from '../../shared/gaps/answers.ts';
import { detectStep } from '../../shared/inference/detect-step.ts';
import { History } from '../../shared/inference/history.ts';
import { HistoryWindow } from '../../shared/inference/history-window.ts';
import { inferGap } from '../../shared/inference/infer-gap.ts';
import type { Known } from '../../shared/inference/neighbours.ts';
import { Sequence } from '../../shared/inference/sequence.ts';
import { LruCache } from '../../shared/lru-cache.ts';
import { Turns } from '../../shared/turns.ts';
import { anEntry, atOnce, hold, minuteMs, noon } from '../support/builders.ts';
import { runAtOnce } from '../support/run-at-once.ts';

/** Events of ids that grow by ten, a letter each: its type. A dot leaves out an id. */
function tens(types: string): Known[] {
  return Array.from(types).flatMap((type, i) =>
    type === '.' ? [] : [{ eventId: 10 * (i + 1), type, instantMs: noon + i * minuteMs, entity: 0 }],
  );
}

/** So often a, x and b, and then the same with x missing. */
const types = `${'axb.'.repeat(30)}a.b`;
const missingId = 10 * (types.length - 1);

function guessed(known: readonly Known[], declaredStep?: number) {
  const window = new HistoryWindow(known, new LruCache({ maxEntries: 1 }), 'window', declaredStep);
  return runAtOnce(window.guesses({ below: window.below(missingId), count: 1 }))[0];
}

describe('in a short stream whose ids grow by a step', () => {
  it('a missing event is of the type that stands between such neighbours', () => {
    expect(guessed(tens(types), 10)).toMatchObject({ type: 'x', typeConfidence: 30 / 31 });
  });

  it('the neighbours are known from the distance that most events have, if the catalog names no step', () => {
    expect(guessed(tens(types))).toMatchObject({ type: 'x', typeConfidence: 30 / 31 });
  });

  it('an id off the step, though its distance is the smallest, makes no other neighbours', () => {
    const off = { eventId: 33, type: 'z', instantMs: noon, entity: 0 };
    const known = [...tens(types), off].sort((a, b) => a.eventId - b.eventId);
    for (const declaredStep of [10, undefined]) expect(guessed(known, declaredStep)?.type).toBe('x');
  });

  it('two events are no neighbours if one is missing between them', () => {
    // 60 times b follows a, but always with one between them.
    const known = tens(`${'a.b.'.repeat(30)}${'axb.'.repeat(30)}a.b`);
    const window = new HistoryWindow(known, new LruCache({ maxEntries: 1 }), 'window', 10);
    const [guess] = runAtOnce(window.guesses({ below: known.length - 1, count: 1 }));
    expect(guess).toMatchObject({ type: 'x', typeConfidence: 30 / 31 });
  });
});

describe('the step that events show', () => {
  it.each([
    ['is the distance of most neighbours', [10, 20, 30, 40, 60], 10],
    ['is not the smallest distance', [10, 20, 23, 30, 40, 50, 60], 10],
    ['is 1 if no distance is that of most', [1, 2, 4, 7, 11], 1],
    ['is 1 if too few events are known', [10, 20, 30], 1],
    ['is not 0 if ids hold several events', [1, 1, 2, 2, 3, 3, 4, 4], 1],
    ['is 1 if nothing is known', [], 1],
  ])('%s', (_, ids, step) => {
    expect(detectStep(ids)).toBe(step);
  });
});

it('the catalog says the step, also where most events are farther apart', async () => {
  const known = tens(`${'c.'.repeat(100)}${types}`);
  const blocks = new EmbeddedBlockStore(atOnce);
  const cells = known.map(({ eventId, type, instantMs }) => [eventId, [anEntry({ type, instantMs })]] as const);
  await hold(blocks, 'orders', Object.fromEntries(cells));
  const catalog = makeCatalog({ streams: { orders: { numbering: { step: 10 } } } });
  const clock = new VirtualClock(noon);
  const deps = { blocks, catalog, history: new History({ blocks, clock }), turns: new Turns(clock) };
  const id = missingId + 2_000;
  const surely = { probability: 1, answers: noAnswers, assumed: { originals: 1, voids: 0 } };
  const gap = { from: id, to: id };
  const { inferred } = await inferGap(deps, 'orders', gap, () => Promise.resolve(surely));
  expect(inferred).toMatchObject([{ eventId: id, type: 'x', confidence: 30 / 31 }]);
});

test('in a long stream with a step, missing ids count in the distance of two events', () => {
  const events = tens('aa.aaaaaaa');
  expect(new Sequence(events, 10).distance(1, 2)).toBe(2);
  expect(new Sequence(events, 10).distance(2, 4)).toBe(2);
  expect(new Sequence(events).distance(1, 2)).toBe(1);
});
