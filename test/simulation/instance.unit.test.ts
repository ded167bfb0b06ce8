import type { FunctionInstance, Ports } from '../../shared/function-instance.ts';
import { Coverage } from './coverage.ts';
import type { CallOutcome, FaultSchedule } from './fault-schedule.ts';
import { Instance } from './instance.ts';
import type { ObservedCall } from './service-calls.ts';
import { Journal } from './journal.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { makeEmbeddedStores } from '../../shared/embedded/ports.ts';
import { EmbeddedPubSub } from '../../shared/embedded/pubsub.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import { turn } from '../../shared/embedded/steps.ts';
import { RetryableError } from '../../shared/errors.ts';
import { aBlockWith, aDelivery, anEntry, atOnce, noon } from '../support/builders.ts';

const usual: CallOutcome = { thereMs: 10, backMs: 10, fault: 'none', crash: 'none' };

/** One instance of track, whose calls have the outcomes that a test gives. */
class InstanceHarness {
  readonly clock = new VirtualClock(noon);
  readonly coverage = new Coverage();
  readonly stores = makeEmbeddedStores(atOnce);
  readonly calls: ObservedCall[] = [];
  readonly crashed: string[] = [];
  readonly instance: Instance;

  constructor(
    build: (ports: Ports) => FunctionInstance,
    { freezesCpu = false, outcomes = [] }: { readonly freezesCpu?: boolean; readonly outcomes?: CallOutcome[] } = {},
  ) {
    const { clock, coverage } = this;
    const draws = [true, false];
    const faults = {
      freezesCpu,
      callOutcome: () => outcomes.shift() ?? usual,
      draw: () => draws.shift() ?? true,
    } as unknown as FaultSchedule;
    const ports: Omit<Ports, 'clock' | 'portsUntil'> = {
      ...this.stores,
      publisher: new EmbeddedPubSub({ clock }),
      systems: new Map(),
      lists: new Map(),
      catalog: makeCatalog({}),
      random: makeRandom(1),
      log: new EmbeddedLog(),
    };
    const journal = new Journal(() => clock.now(), undefined);
    this.instance = new Instance(
      {
        ...{ clock, faults, journal, coverage, ports },
        onCall: (call) => this.calls.push(call),
        onCrash: (name) => this.crashed.push(name),
      },
      { of: 'track', name: 'track#1', build, skewMs: 0 },
    );
  }

  async passes(ms: number): Promise<void> {
    this.clock.schedule(ms, () => undefined);
    for (const untilMs = this.clock.now() + ms; this.clock.runNext(untilMs);) await turn();
  }

  met(): readonly string[] {
    return [...this.coverage.counts.keys()];
  }
}

const atOnceDone = (): Promise<void> => Promise.resolve();
const made = (handler: FunctionInstance['handler'], finish = atOnceDone): FunctionInstance => ({ handler, finish });

describe('an instance that has CPU only while it serves a delivery', () => {
  /** Acks at once, and leaves a timer of one second and a call running. */
  function acksEarly(heard: string[]) {
    return ({ clock, events }: Ports) =>
      made(async () => {
        clock.schedule(1_000, () => heard.push('timer'));
        void events.bury('a', 'b').then(() => heard.push('answer'));
        return atOnceDone();
      });
  }

  it('delays its timers and answers until the next delivery, while its calls take effect', async () => {
    const heard: string[] = [];
    const harness = new InstanceHarness(acksEarly(heard), { freezesCpu: true });
    await harness.instance.serve(aDelivery());
    await harness.passes(60_000);
    expect([heard, harness.stores.events.find('a')]).toEqual([[], { supersededBy: 'b' }]);
    expect(harness.met()).toEqual(['CPU freeze: track']);
    await harness.instance.serve(aDelivery());
    await turn();
    expect(heard).toEqual(['timer', 'answer']);
  });

  it('has CPU again after SIGTERM', async () => {
    const heard: string[] = [];
    const harness = new InstanceHarness(acksEarly(heard), { freezesCpu: true });
    await harness.instance.serve(aDelivery());
    await harness.passes(60_000);
    harness.instance.stop();
    await turn();
    expect(heard).toEqual(['timer', 'answer']);
    expect(harness.instance.isAlive).toBe(false);
  });

  it('runs timers and answers at once in a run that does not freeze CPU', async () => {
    const heard: string[] = [];
    const harness = new InstanceHarness(acksEarly(heard));
    await harness.instance.serve(aDelivery());
    await harness.passes(60_000);
    expect(heard).toEqual(['answer', 'timer']);
    expect(harness.met()).toEqual([]);
  });
});

describe('a call of an instance', () => {
  const burying = ({ events }: Ports) => made(() => events.bury('a', 'b'));

  async function outcomeOf(outcome: Partial<CallOutcome>) {
    const harness = new InstanceHarness(burying, { outcomes: [{ ...usual, ...outcome }] });
    let end = 'under way';
    harness.instance.serve(aDelivery()).then(
      () => (end = 'answered'),
      (error: unknown) => (end = error instanceof RetryableError ? 'failed' : String(error)),
    );
    await harness.passes(15);
    const isThere = harness.stores.events.find('a') !== undefined;
    await harness.passes(120_000);
    return { end, isThere, isThereLater: harness.stores.events.find('a') !== undefined, met: harness.met(), harness };
  }

  it.each([
    [{}, { end: 'answered', isThere: true, isThereLater: true, met: [] }],
    [{ fault: 'fails' }, { end: 'failed', isThere: false, isThereLater: false, met: ['fails: events.bury'] }],
    [{ fault: 'outage' }, { end: 'failed', isThere: false, isThereLater: false, met: ['outage: events.bury'] }],
    [{ fault: 'answer lost' }, { end: 'failed', isThere: true, isThereLater: true, met: ['answer lost: events.bury'] }],
    [{ fault: 'lands late' }, { end: 'failed', isThere: false, isThereLater: true, met: ['lands late: events.bury'] }],
    [{ backMs: 5_000 }, { end: 'answered', isThere: true, isThereLater: true, met: ['slow: events.bury'] }],
    [
      { crash: 'before' },
      { end: 'under way', isThere: false, isThereLater: false, met: ['crash before: events.bury'] },
    ],
    [{ crash: 'after' }, { end: 'under way', isThere: true, isThereLater: true, met: ['crash after: events.bury'] }],
  ] as const)('with the outcome %j', async (outcome, expected) => {
    const { harness, ...seen } = await outcomeOf(outcome);
    expect(seen).toEqual(expected);
    expect(harness.crashed).toEqual('crash' in outcome ? ['track#1'] : []);
    expect(harness.instance.handlersUnderWay).toBe(0);
  });

  it('may write only some of several blocks when it fails', async () => {
    const writes = [0, 1].map((index) => ({
      ref: { stream: 's', index },
      block: aBlockWith({ [index * 256]: anEntry() }),
      expected: undefined,
      expireAtMs: noon,
      writtenAtMs: noon,
    }));
    const writing = ({ blocks }: Ports) => made(() => blocks.write(writes).then(() => undefined));
    const harness = new InstanceHarness(writing, { outcomes: [{ ...usual, fault: 'fails' }] });
    const served = expect(harness.instance.serve(aDelivery())).rejects.toThrow(RetryableError);
    await harness.passes(100);
    await served;
    const stored = await harness.stores.blocks.read(writes.map(({ ref }) => ref));
    expect(stored.map(({ version }) => version !== undefined)).toEqual([true, false]);
    expect(harness.met()).toEqual(['partial write: blocks.write', 'fails: blocks.write']);
  });
});

test('counts the handlers that have not returned, while the instance is alive', async () => {
  const harness = new InstanceHarness(() => made(() => new Promise(() => undefined)));
  void harness.instance.serve(aDelivery());
  expect(harness.instance.handlersUnderWay).toBe(1);
  harness.instance.stop();
  await harness.passes(10_000);
  expect(harness.instance.handlersUnderWay).toBe(0);
});
