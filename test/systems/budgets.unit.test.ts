import { VirtualClock } from '../../shared/embedded/clock.ts';
import { AccessError } from '../../shared/errors.ts';
import { Budget } from '../../shared/systems/budget.ts';
import { BudgetedSystem } from '../../shared/systems/budgeted-system.ts';
import { CircuitBreaker } from '../../shared/systems/circuit-breaker.ts';
import type { ReadRecord, RecordReader } from '../../shared/systems/record-reader.ts';
import { TokenBucket } from '../../shared/systems/token-bucket.ts';
import { SystemTrouble } from '../../shared/systems/trouble.ts';
import type { Ref, Sighting } from '../../shared/verification/sighting.ts';
import { minuteMs, noon } from '../support/builders.ts';

/** Lets promises settle, and moves the clock from timer to timer, until the work has ended. */
async function settle<T>(work: Promise<T>, clock: VirtualClock): Promise<T> {
  const state = { isDone: false };
  const done = work.finally(() => {
    state.isDone = true;
  });
  done.catch(() => undefined);
  for (let idle = 0; !state.isDone && idle < 50; idle++) {
    for (let i = 0; i < 20; i++) await Promise.resolve();
    if (clock.runNext()) idle = 0;
  }
  return done;
}

describe('a bucket of tokens', () => {
  it('gives what was saved up at once, and the rest at its rate', async () => {
    const clock = new VirtualClock(noon);
    const bucket = new TokenBucket({ count: 3, perMs: 3_000 }, clock);
    const times: number[] = [];
    const take = async (): Promise<void> => {
      await bucket.take(noon + minuteMs);
      times.push(clock.now() - noon);
    };
    await settle(Promise.all([take(), take(), take(), take(), take()]), clock);
    expect(times).toEqual([0, 0, 0, 1_000, 2_000]);
  });

  it('refuses at once a caller for whom none comes in time', async () => {
    const clock = new VirtualClock(noon);
    const bucket = new TokenBucket({ count: 1, perMs: 10_000 }, clock);
    await bucket.take(noon);
    await expect(bucket.take(noon + 9_999)).rejects.toThrow('no request is left');
    expect(clock.now()).toBe(noon);
  });

  it('may have less than one token in its time', async () => {
    const clock = new VirtualClock(noon);
    const bucket = new TokenBucket({ count: 0.5, perMs: 1_000 }, clock);
    await settle(Promise.all([bucket.take(noon + minuteMs), bucket.take(noon + minuteMs)]), clock);
    expect(clock.now() - noon).toBe(2_000);
  });

  it('gives none while it is paused, not even one that was promised', async () => {
    const clock = new VirtualClock(noon);
    const bucket = new TokenBucket({ count: 1, perMs: 1_000 }, clock);
    await bucket.take(noon);
    const promised = bucket.take(noon + minuteMs);
    bucket.pauseUntil(noon + 30_000);
    await settle(promised, clock);
    expect(clock.now() - noon).toBe(30_000);
  });
});

it('a circuit opens after five failures in a row, lets one trial through, and stays open twice as long if that fails', () => {
  const clock = new VirtualClock(noon);
  const breaker = new CircuitBreaker(clock);
  for (let i = 0; i < 5; i++) {
    breaker.enter();
    breaker.fail();
  }
  expect(() => {
    breaker.enter();
  }).toThrow('left alone');
  clock.advance(5_000);
  breaker.enter();
  expect(() => {
    breaker.enter();
  }).toThrow('left alone');
  breaker.fail();
  clock.advance(9_999);
  expect(() => {
    breaker.enter();
  }).toThrow('left alone');
  clock.advance(1);
  breaker.enter();
  breaker.succeed();
  breaker.enter();
});

/** A reader that answers from a script, and keeps the times at which it was asked. */
class ScriptedReader implements RecordReader {
  readonly asked: { readonly atMs: number; readonly ids: readonly string[] }[] = [];
  private readonly clock: VirtualClock;
  private readonly script: (Error | 'hang' | ReadRecord)[];
  private readonly takesMs: number;
  private readonly batch: number;

  constructor(clock: VirtualClock, script: (Error | 'hang' | ReadRecord)[] = [], takesMs = 0, batch = 1) {
    this.clock = clock;
    this.script = script;
    this.takesMs = takesMs;
    this.batch = batch;
  }

  maxBatch(): number {
    return this.batch;
  }

  async read(refs: readonly Ref[]): Promise<readonly ReadRecord[]> {
    this.asked.push({ atMs: this.clock.now() - noon, ids: refs.map(({ id }) => id) });
    const next = this.script.shift();
    if (next === 'hang') return new Promise(() => undefined);
    if (this.takesMs > 0) await new Promise<void>((resolve) => void this.clock.schedule(this.takesMs, resolve));
    if (next instanceof Error) throw next;
    return refs.map(({ id }) => next ?? { text: `{"id":"${id}"}`, changedAtMs: noon });
  }
}

function aSystem(script: (Error | 'hang' | ReadRecord)[] = [], takesMs = 0, batch = 1) {
  const clock = new VirtualClock(noon);
  const reader = new ScriptedReader(clock, script, takesMs, batch);
  const budget = new Budget('stripe', { useShare: 1, use: 'verify', maxInstances: 1 }, clock);
  const system = new BudgetedSystem({ system: 'stripe', reader, budget, clock, random: () => 0.5 });
  /** Looks up with the deadline of a delivery to verify. */
  const look = (refs: readonly Ref[], deadlineMs = clock.now() + 115_000): Promise<readonly Sighting[]> =>
    settle(system.until(deadlineMs).look(refs), clock);
  return { clock, reader, system, look };
}

function aRef(id = 'ch_1', eventMs = noon - minuteMs): Ref {
  return { kind: 'charge', id, fields: ['/amount'], eventMs };
}

const outage = () => new SystemTrouble('stripe', 'outage', 'answered 500');

describe('a look-up', () => {
  it('tries again after an outage, each time after a longer delay', async () => {
    const { reader, look } = aSystem([outage(), outage()]);
    expect(await look([aRef()])).toMatchObject([{ text: '{"id":"ch_1"}' }]);
    expect(reader.asked.map(({ atMs }) => atMs)).toEqual([0, 200, 600]);
  });

  it('fails after four tries', async () => {
    const { reader, look } = aSystem([outage(), outage(), outage(), outage()]);
    await expect(look([aRef()])).rejects.toThrow('answered 500');
    expect(reader.asked).toHaveLength(4);
  });

  it('rests for as long as the system wants', async () => {
    const { reader, look } = aSystem([new SystemTrouble('stripe', 'limit', 'answered 429', 7_000)]);
    await look([aRef()]);
    expect(reader.asked.map(({ atMs }) => atMs)).toEqual([0, 7_000]);
  });

  it('rests for a doubling time if the system does not say how long', async () => {
    const limit = () => new SystemTrouble('stripe', 'limit', 'answered 429');
    const { reader, look } = aSystem([limit(), limit()]);
    await look([aRef()]);
    expect(reader.asked.map(({ atMs }) => atMs)).toEqual([0, 1_000, 3_000]);
  });

  it('does not try again after the deadline, and leaves the delivery time to publish', async () => {
    const { clock, reader, look } = aSystem([new SystemTrouble('stripe', 'limit', 'answered 429', 30_000)]);
    await expect(look([aRef()], clock.now() + 40_000)).rejects.toThrow('answered 429');
    expect(reader.asked).toHaveLength(1);
  });

  it('does not try again after a refused key or a refused request', async () => {
    for (const error of [new AccessError('403'), new SystemTrouble('stripe', 'refusal', 'answered 400')]) {
      const { reader, look } = aSystem([error]);
      await expect(look([aRef()])).rejects.toThrow(error.message);
      expect(reader.asked).toHaveLength(1);
    }
  });

  it('waits for a try at most ten seconds', async () => {
    const { reader, look } = aSystem(['hang']);
    await look([aRef()]);
    expect(reader.asked.map(({ atMs }) => atMs)).toEqual([0, 10_200]);
  });

  it('turns any other error into one without its message', async () => {
    const { look } = aSystem(Array.from({ length: 4 }, () => new Error('Authorization: Bearer rk_live_1')));
    await expect(look([aRef()])).rejects.toThrow(/^stripe: the request failed$/);
  });
});

describe('look-ups of different events', () => {
  it('share requests, each as full as the system allows', async () => {
    const { clock, reader, system } = aSystem([], 0, 2);
    const port = system.until(clock.now() + 115_000);
    const all = ['ch_1', 'ch_2', 'ch_3'].map((id) => port.look([aRef(id)]));
    expect((await settle(Promise.all(all), clock)).flat()).toMatchObject([
      { text: '{"id":"ch_1"}' },
      { text: '{"id":"ch_2"}' },
      { text: '{"id":"ch_3"}' },
    ]);
    expect(reader.asked.map(({ ids }) => ids)).toEqual([['ch_1', 'ch_2'], ['ch_3']]);
  });

  it('wait for others for a fiftieth of a second, and not at all if a request reads one record', async () => {
    const { reader, look } = aSystem([], 0, 2);
    await look([aRef()]);
    expect(reader.asked.map(({ atMs }) => atMs)).toEqual([20]);
    const single = aSystem();
    await single.look([aRef()]);
    expect(single.reader.asked.map(({ atMs }) => atMs)).toEqual([0]);
  });

  it('share none if they ask for other values, or for another account', async () => {
    const { clock, reader, system } = aSystem([], 0, 9);
    const port = system.until(clock.now() + 115_000);
    const refs = [aRef('ch_1'), { ...aRef('ch_2'), fields: ['/currency'] }, { ...aRef('ch_3'), account: 'acct_1' }];
    await settle(Promise.all(refs.map((ref) => port.look([ref]))), clock);
    expect(reader.asked.map(({ ids }) => ids)).toEqual([['ch_1'], ['ch_2'], ['ch_3']]);
  });

  it('end by their own deadlines, though they share a request', async () => {
    const { clock, system } = aSystem(['hang', 'hang', 'hang', 'hang'], 0, 2);
    const early = system.until(clock.now() + 17_000).look([aRef('ch_1')]);
    let earlyEndMs = 0;
    early.catch(() => {
      earlyEndMs = clock.now() - noon;
    });
    const late = system.until(clock.now() + 115_000).look([aRef('ch_2')]);
    late.catch(() => undefined);
    await expect(settle(early, clock)).rejects.toThrow('in time');
    expect(earlyEndMs).toBe(2_000);
    await expect(settle(late, clock)).rejects.toThrow('no answer');
  });
});

describe('equal look-ups', () => {
  it('share one request while it is in flight', async () => {
    const { clock, reader, system } = aSystem([], 100);
    const port = system.until(clock.now() + 115_000);
    const both = Promise.all([port.look([aRef()]), port.look([aRef()])]);
    expect(await settle(both, clock)).toMatchObject([[{ text: '{"id":"ch_1"}' }], [{ text: '{"id":"ch_1"}' }]]);
    expect(reader.asked).toHaveLength(1);
  });

  it('share its answer for half a minute', async () => {
    const { clock, reader, look } = aSystem();
    await look([aRef()]);
    clock.advance(29_999);
    await look([aRef()]);
    expect(reader.asked).toHaveLength(1);
    clock.advance(1);
    await look([aRef()]);
    expect(reader.asked).toHaveLength(2);
  });

  it('about an event that is later than the request do not', async () => {
    const { clock, reader, look } = aSystem();
    await look([aRef()]);
    clock.advance(10_000);
    await look([aRef('ch_1', noon + 1)]);
    expect(reader.asked).toHaveLength(2);
  });

  it('never share that a record is absent or was changed before the event, since the event waits for the next one', async () => {
    const old: ReadRecord = { text: '{}', changedAtMs: noon - 2 * minuteMs };
    for (const first of [{ absent: true } as const, old]) {
      const { reader, look } = aSystem([first]);
      await look([aRef()]);
      await look([aRef()]);
      expect(reader.asked).toHaveLength(2);
    }
  });

  it('for other values of the record do not', async () => {
    const { reader, look } = aSystem();
    await look([aRef()]);
    await look([{ ...aRef(), fields: ['/currency'] }]);
    expect(reader.asked).toHaveLength(2);
  });
});

describe('the budget of an instance', () => {
  it('is its share of the vendor’s limit, for each kind of record', async () => {
    const clock = new VirtualClock(noon);
    // Stripe allows 25 requests a second to an endpoint: half of it, 60 % for verify, two instances.
    const budget = new Budget('stripe', { useShare: 0.5, use: 'verify', maxInstances: 2 }, clock);
    const admit = async (kind: string): Promise<void> => {
      (await budget.admit(kind, noon + minuteMs))();
    };
    await settle(Promise.all(Array.from({ length: 3 + 15 }, () => admit('charge'))), clock);
    expect((clock.now() - noon) / 1_000).toBeCloseTo(15 / 3.75);
  });

  it('limits the requests in flight', async () => {
    const clock = new VirtualClock(noon);
    const budget = new Budget('twilio', { useShare: 0.5, use: 'verify', maxInstances: 1 }, clock);
    const held = await Promise.all([1, 2, 3].map(() => budget.admit('message', noon + 1_000)));
    const fourth = budget.admit('message', noon + 1_000);
    held[0]!();
    await expect(settle(fourth, clock)).resolves.toBeInstanceOf(Function);
    await expect(settle(budget.admit('message', noon + 1_000), clock)).rejects.toThrow('in flight');
  });
});
