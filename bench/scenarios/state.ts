import type { BenchContext } from '../bench-context.ts';
import { inBalancedRounds, median, medianRatio } from '../rounds.ts';
import type { Measure, MeasuredScenario } from '../scenario.ts';
import { Worker } from '../processes/worker.ts';
import type { StateSideName } from '../state/state-side.ts';
import type { StateReport, StateTask } from '../state/state-run.ts';

const rounds = 5;
/** The processes of the writers. More of them would measure the compiler of each on two cores. */
const maxProcesses = 2;

/** The number of events of a round. A side with a call for each event reaches its rate with fewer. */
const eventsOf: Readonly<Record<StateSideName, number>> = {
  ours: 20_000,
  transaction: 1_000,
  create: 10_000,
  'put and complete': 5_000,
  powertools: 1_000,
};

const titles: Readonly<Record<Exclude<StateSideName, 'ours'>, string>> = {
  transaction: 'a transaction an event',
  create: 'BulkWriter create',
  'put and complete': 'put, run and complete',
  powertools: 'Powertools idempotency',
};

interface Bounds {
  readonly operations: number;
  /** How many times as fast as a baseline. */
  readonly faster: Partial<Record<StateSideName, number>>;
}

const bounds: Readonly<Record<number, Bounds>> = {
  1: { operations: 0.012, faster: { transaction: 30, create: 3 } },
  4: { operations: 0.05, faster: { transaction: 20, create: 1.5 } },
  16: { operations: 0.2, faster: { transaction: 8, create: 0.7 } },
};

/** The figures of one side in one round. */
interface Figures {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly operations: number;
}

/** Remembering which events were handled, on the Firestore emulator. */
export const state: MeasuredScenario = {
  name: 'state',
  about:
    'claims and marks of one hot stream, shuffled within 50 places, on the Firestore emulator: medians of five rounds',
  isCounted: false,
  run: async (size, context) => {
    const measures: Measure[] = [];
    for (const writers of [1, 4, 16]) measures.push(...(await measureWriters(writers, size, context)));
    return measures;
  },
};

async function measureWriters(writers: number, size: number, context: BenchContext): Promise<readonly Measure[]> {
  context.io.say(`state: ${writers} writer${writers === 1 ? '' : 's'}`);
  const emulator = await context.freshEmulator('FIRESTORE_EMULATOR_HOST');
  const fleet = new Writers(writers, size, { ...context.io.env, FIRESTORE_EMULATOR_HOST: emulator.host });
  context.cleanups.push(() => fleet.stop());
  const sideOf = (side: StateSideName) => (round: number) => fleet.run(side, 50, `${side} ${round}`);
  const figures = await inBalancedRounds(
    {
      ours: sideOf('ours'),
      transaction: sideOf('transaction'),
      create: sideOf('create'),
      'put and complete': sideOf('put and complete'),
      powertools: sideOf('powertools'),
    },
    rounds,
  );
  const further = [];
  for (const disorder of [500, 2_000])
    further.push({ disorder, figures: await fleet.run('ours', disorder, `disorder ${disorder}`) });
  await fleet.stop();
  await emulator.stop();
  return [
    ...measuresOf(writers, figures),
    ...further.map(({ disorder, figures: { operations } }) => ({
      metric: `operations an event, ${spellWriters(writers)}, shuffled within ${disorder}`,
      ours: operations,
      baseline: { value: 1, what: 'BulkWriter create' },
    })),
  ];
}

function measuresOf(writers: number, figures: Readonly<Record<StateSideName, readonly Figures[]>>): Measure[] {
  const at = spellWriters(writers);
  const valuesOf = (side: StateSideName, figure: keyof Figures) => figures[side].map((one) => one[figure]);
  const compare = (side: keyof typeof titles, figure: 'perSecond' | 'cpuMicros', title: string): Measure => {
    const atLeast = figure === 'perSecond' ? bounds[writers]?.faster[side] : undefined;
    return {
      metric: `${title}, ${at}, against ${titles[side]}`,
      ours: median(valuesOf('ours', figure)),
      baseline: { value: median(valuesOf(side, figure)), what: titles[side] },
      ratio: medianRatio(valuesOf('ours', figure), valuesOf(side, figure)),
      ...(atLeast === undefined ? {} : { target: { of: 'ratio', atLeast } }),
    };
  };
  const sides = Object.keys(titles) as (keyof typeof titles)[];
  return [
    ...sides.map((side) => compare(side, 'perSecond', 'events a second')),
    compare('transaction', 'cpuMicros', 'CPU of the client in µs an event'),
    {
      metric: `operations an event, ${at}`,
      ours: median(valuesOf('ours', 'operations')),
      baseline: { value: median(valuesOf('transaction', 'operations')), what: titles.transaction },
      target: { atMost: bounds[writers]?.operations ?? Number.NaN },
    },
  ];
}

function spellWriters(writers: number): string {
  return `${writers} writer${writers === 1 ? '' : 's'}`;
}

/** The writers of one stream, in up to two processes. */
class Writers {
  private readonly count: number;
  private readonly size: number;
  private readonly processes: readonly Worker<StateTask, StateReport>[];

  constructor(count: number, size: number, env: NodeJS.ProcessEnv) {
    this.count = count;
    this.size = size;
    this.processes = Array.from(
      { length: Math.min(count, maxProcesses) },
      () =>
        new Worker('state-writers', { ...env, GOOGLE_CLOUD_PROJECT: 'bench-state', METADATA_SERVER_DETECTION: 'none' }),
    );
  }

  async run(side: StateSideName, disorder: number, run: string): Promise<Figures> {
    const events = Math.ceil(eventsOf[side] * this.size);
    const all = Array.from({ length: this.count }, (_, i) => i);
    const startedAtMs = performance.now();
    const reports = await Promise.all(
      this.processes.map((worker, i) => {
        const own = all.filter((number) => number % this.processes.length === i);
        return worker.ask({ side, run, events, writers: this.count, disorder, own });
      }),
    );
    const wallMs = performance.now() - startedAtMs;
    const sum = (figure: keyof StateReport): number => reports.reduce((total, report) => total + report[figure], 0);
    return {
      perSecond: (events / wallMs) * 1_000,
      cpuMicros: (sum('cpuMs') / events) * 1_000,
      operations: sum('operations') / events,
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((worker) => worker.stop()));
  }
}
