import { makeReconstruct } from '../../functions/reconstruct/handler.ts';
import type { Interceptor } from '../../shared/embedded/intercept.ts';
import { RetryableError } from '../../shared/errors.ts';
import type { EventList } from '../../shared/ports.ts';
import { writeReconcileRequest } from '../../shared/reconciliation/reconcile-request.ts';
import { aDelivery, minuteMs, noon } from '../support/builders.ts';
import { portsInMemory } from '../support/ports.ts';
import {
  ackMs,
  aRunSetting,
  comparedCatalog,
  deliverRequest,
  readLongList,
  rootsOn,
  stateOfRuns,
} from '../support/reconcile-runs.ts';

/* The runs of a comparison, as requests come to reconstruct. */

const roots = (count: number): string[] => Array.from({ length: count }, (_, i) => `recovered/stripe/evt_${i + 1}`);

describe('two runs at the same time', () => {
  it('read the list once', async () => {
    const setting = aRunSetting(250);
    await Promise.all([deliverRequest(setting), deliverRequest(setting), deliverRequest(setting)]);
    expect(setting.list.asked.map(({ after }) => after)).toEqual([undefined, 'evt_151', 'evt_51']);
    expect(rootsOn(setting.publisher, 'mended-events')).toHaveLength(250);
  });

  it('of which one began long ago and has lost its lease leave the later state alone', async () => {
    const setting = aRunSetting(2, 1);
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slow: EventList = {
      page: async (query, after) => {
        await held;
        return setting.list.page(query, after);
      },
    };
    const first = deliverRequest(setting, { lists: slow });
    await new Promise(setImmediate);
    setting.clock.advance(ackMs);
    await deliverRequest(setting);
    const after = await stateOfRuns(setting);
    goOn();
    await first;
    expect(await stateOfRuns(setting)).toEqual(after);
  });
});

describe('a cursor', () => {
  it('that the list does not know any more starts the span anew', async () => {
    const setting = aRunSetting(3, 1);
    let asked = 0;
    const forgetting: EventList = {
      page: (query, after) => (++asked === 2 ? Promise.resolve('unknown cursor') : setting.list.page(query, after)),
    };
    await deliverRequest(setting, { lists: forgetting });
    expect(new Set(rootsOn(setting.publisher, 'mended-events'))).toEqual(new Set(roots(3)));
    expect(await stateOfRuns(setting)).toMatchObject({ last: { items: 3 }, reading: undefined });
  });

  it('that the list has just given and does not know is an error', async () => {
    const setting = aRunSetting(3, 1);
    const broken: EventList = { page: () => Promise.resolve('unknown cursor') };
    await expect(deliverRequest(setting, { lists: broken })).rejects.toThrow(RetryableError);
    expect(await stateOfRuns(setting)).toMatchObject({ checkpointMs: noon - 60 * minuteMs, leaseUntilMs: undefined });
  });
});

it('a request that is so old that sweep has sent another does nothing', async () => {
  const setting = aRunSetting(3);
  const { stores, clock, publisher, list } = setting;
  const ports = portsInMemory({
    ...stores,
    publisher,
    lists: new Map([['stripe', list]]),
    catalog: comparedCatalog,
    clock,
  });
  const request = writeReconcileRequest({ stream: 'pay', name: 'stripe' });
  const delivery = aDelivery({
    ...request,
    topic: 'reprocess-requests',
    publishedAtMs: noon,
    deadlineMs: noon + ackMs,
  });
  clock.advance(5 * minuteMs);
  await makeReconstruct(ports).handler(delivery);
  expect([list.asked, await stateOfRuns(setting)]).toEqual([[], undefined]);
});

it('a long list is read page by page within the budget, over several runs, and each event is published once', async () => {
  // test/model has it with 100,000 events.
  const { pages, runs, published, state, pagesASecond } = await readLongList({ count: 2_000, useShare: 0.02 });
  expect(pages).toBe(20);
  expect([published.length, new Set(published).size]).toEqual([2_000, 2_000]);
  expect(state).toMatchObject({ reading: undefined, last: { items: 2_000, missing: 2_000 } });
  // Stripe allows 25 pages a second. Of the share of 2 %, comparisons have 30 %.
  expect(pagesASecond).toBeLessThan(0.15 + 0.01);
  expect(runs).toBeGreaterThan(1);
});

describe('a crash', () => {
  /** Crashes once: the nth call of a run never returns, before or after it took effect. */
  function crashing(at: number, isAfter: boolean): { interceptor: Interceptor; hasCrashed: () => boolean } {
    let calls = 0;
    const never = new Promise<never>(() => undefined);
    return {
      hasCrashed: () => calls >= at,
      interceptor: async (_, proceed) => {
        if (++calls < at) return proceed();
        if (calls === at && isAfter) await proceed();
        return never;
      },
    };
  }

  it.each([
    ['before', false],
    ['after', true],
  ])('%s any call of a run loses nothing, and the next runs do what is left', async (_, isAfter) => {
    let steps = 0;
    for (let at = 1; ; at++) {
      const setting = aRunSetting(5, 2);
      const { interceptor, hasCrashed } = crashing(at, isAfter);
      await Promise.race([deliverRequest(setting, { intercepted: interceptor }), settled()]);
      if (!hasCrashed()) break;
      steps++;
      // The lease runs out, and sweep asks again.
      setting.clock.advance(ackMs);
      await deliverRequest(setting);
      expect(new Set(rootsOn(setting.publisher, 'mended-events'))).toEqual(new Set(roots(5)));
      const to = noon + ackMs - 5 * minuteMs;
      expect(await stateOfRuns(setting)).toMatchObject({ leaseUntilMs: undefined, reading: undefined });
      expect((await stateOfRuns(setting))!.checkpointMs).toBeGreaterThanOrEqual(isAfter ? noon - 5 * minuteMs : to);
    }
    expect(steps).toBeGreaterThan(10);
  });

  async function settled(): Promise<void> {
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
  }
});
