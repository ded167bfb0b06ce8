import { GiveUp, type GapToGiveUp, type TellTimes } from '../../functions/sweep/give-up.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { makeEmbeddedStores } from '../../shared/embedded/ports.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import { startProgress } from '../../shared/gaps/progress.ts';
import { aGap, atOnce, minuteMs, noon } from '../support/builders.ts';

const doubtful = { why: 'the numbers around have holes', isDoubtful: true };

/** Gives up the gap 5–6, and writes down each effect. */
async function effectsOf({
  isDoubtful = false,
  isRecorded = () => true,
  times = {},
}: {
  readonly isDoubtful?: boolean;
  readonly isRecorded?: (told: TellTimes) => boolean;
  readonly times?: Partial<TellTimes>;
} = {}) {
  const effects: string[] = [];
  const stores = makeEmbeddedStores(atOnce);
  await stores.ledger.saveProgress('orders', startProgress('orders'), undefined, [aGap({ from: 5, to: 6 })]);
  const row = await stores.ledger.find('orders', 5);
  const reason = isDoubtful ? doubtful : { why: 'too-uncertain', isDoubtful };
  const gaps: GapToGiveUp[] = row
    ? [{ row, gap: row.value, coverage: { fills: new Map(), missing: 2, holes: [{ from: 5, to: 6 }] }, reason }]
    : [];
  const ledger = new Proxy(stores.ledger, {
    get: (target, name): unknown => {
      if (name === 'save') effects.push('save the row');
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const deps = {
    ...{ blocks: stores.blocks, ledger, catalog: makeCatalog({}), clock: new VirtualClock(noon) },
    ...{ log: new EmbeddedLog(), random: makeRandom(1) },
    publisher: {
      publish: () => {
        effects.push('publish the letter');
        return Promise.resolve();
      },
    },
  };
  const progress = { ...startProgress('orders'), ...times };
  const record = (told: TellTimes): Promise<boolean> => {
    const times = [told.gaveUpAtMs === noon && 'the letter', told.doubtToldAtMs === noon && 'doubt'];
    effects.push(`record ${[...times, told.hasUntold && 'untold'].filter(Boolean).join(', ')}`);
    return Promise.resolve(isRecorded(told));
  };
  const waiting = await new GiveUp(deps, { progress, now: noon, record, untilMs: noon + minuteMs }).run(gaps);
  return { effects, waiting: waiting.length };
}

describe('gaps that are given up', () => {
  it('get their letter after its time is recorded, and before the rows are saved', async () => {
    expect(await effectsOf()).toEqual({
      effects: ['record the letter', 'publish the letter', 'save the row'],
      waiting: 0,
    });
  });

  it('wait without a letter if another sweep wrote in between', async () => {
    expect(await effectsOf({ isRecorded: () => false })).toEqual({ effects: ['record the letter'], waiting: 1 });
  });

  it('wait while the last letter is younger than ten minutes', async () => {
    expect(await effectsOf({ times: { gaveUpAtMs: noon - 10 * minuteMs + 1 } })).toEqual({ effects: [], waiting: 1 });
  });

  it('are saved only after the letter about doubtful gaps is recorded', async () => {
    expect(await effectsOf({ isDoubtful: true })).toEqual({
      effects: ['record the letter', 'publish the letter', 'record the letter, doubt', 'save the row'],
      waiting: 0,
    });
  });

  it('stay unresolved if that letter cannot be recorded, so that they are not given up without one', async () => {
    const isRecorded = ({ doubtToldAtMs }: TellTimes): boolean => doubtToldAtMs === undefined;
    expect(await effectsOf({ isDoubtful: true, isRecorded })).toEqual({
      effects: ['record the letter', 'publish the letter', 'record the letter, doubt'],
      waiting: 1,
    });
  });

  const toldToday = { doubtToldAtMs: noon - minuteMs };

  it('get no letter if they are doubtful and the letter of the day was sent, which is recorded before', async () => {
    expect(await effectsOf({ isDoubtful: true, times: toldToday })).toEqual({
      effects: ['record untold', 'save the row'],
      waiting: 0,
    });
  });

  it('stay unresolved if it cannot be recorded that no letter lists them', async () => {
    expect(await effectsOf({ isDoubtful: true, times: toldToday, isRecorded: () => false })).toEqual({
      effects: ['record untold'],
      waiting: 1,
    });
  });
});
