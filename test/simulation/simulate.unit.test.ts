import { UsageError, type Io } from '../../cli/command.ts';
import { functionBuilders } from '../../functions/builders.ts';
import { linesOf, runInThread } from './seeds.ts';
import { plantedBugs } from './planted-bugs.ts';
import { reportPlanted } from './planted-search.ts';
import { RunTotals } from './run-totals.ts';
import { simulate } from './simulate.ts';
import { Directory, runCommand } from '../support/command-run.ts';

const directory = new Directory();

const failed = {
  seed: 7,
  breaches: [
    { law: 'each message ends in one place', what: 'message 3 is lost' },
    { law: 'each message ends in one place', what: 'message 4 is lost' },
    { law: 'each sound event is cleaned', what: 'nothing was cleaned under web/3/0' },
  ],
  counts: new Map([['messages', 1_200]]),
  coverage: new Map([['letter: ERR_DUPLICATE', 2]]),
};

test('runs the number of seeds given by --seeds, beginning at --from, and reports that all laws held', async () => {
  const { code, stdout } = await runCommand(simulate, ['--seeds', '3', '--from', '40']);
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/^3 runs: .*\d+ messages.*; all \d+ laws held in each\nmet: \d+ of \d+ faults, .*\n$/),
  ]);
});

test('prints each event of a run with --trace: time, instance and action', async () => {
  const { code, stdout } = await runCommand(simulate, ['--seed', '3', '--trace']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +\d+\.\d{3} {2}\w+ +sends stream=/m);
  expect(stdout).toMatch(/^ +\d+\.\d{3} {2}track#\d+ +publishes cleaned-events: .*idempotency_key=/m);
});

test('prints with --coverage the marks that a run met and those that it missed', async () => {
  const { code, stdout } = await runCommand(simulate, ['--seed', '3', '--coverage']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +\d+ {2}verdict: publish$/m);
  expect(stdout).toMatch(/^ +0 {2}\w.*: \w/m);
});

test('prints for each law that a seed broke a line with the seed, the law and the first breach', () => {
  expect(linesOf(failed)).toEqual([
    'seed 7: each message ends in one place: message 3 is lost\n',
    'seed 7: each sound event is cleaned: nothing was cleaned under web/3/0\n',
  ]);
});

test('adds up the failed runs and the counts of all runs', () => {
  const totals = new RunTotals();
  totals.add(failed);
  totals.add({ ...failed, seed: 8, breaches: [] });
  expect(totals.draw()).toMatch(
    /^2 runs: 2,400 messages; 1 failed\nmet: 0 of \d{3} faults, 0 of \d\d verdicts, 1 of 12 letters, 0 of \d\d situations\n$/,
  );
  expect(totals.drawCoverage()).toContain('\n         4  letter: ERR_DUPLICATE\n');
});

test('prints the first seed that finds a planted bug, and fails if no seed finds it', async () => {
  const bug = 'track acks before it has published';
  const bugs = { [bug]: plantedBugs[bug]!, 'no bug at all': functionBuilders };
  const report = { ...simulate, run: (_: unknown, io: Io) => reportPlanted(bugs, [22, 23], io) };
  const { code, stdout } = await runCommand(report, []);
  expect(code).toBe(1);
  const [found, missed, total] = stdout.split('\n');
  expect(found).toMatch(/^seed 2[23] {4}track acks before it has published: \w.*$/);
  expect(missed).toBe('not found  no bug at all: no law was broken');
  expect(total).toBe('2 planted bugs, 1 not found with 2 seeds');
});

describe('the command fails if not all seeds were run', () => {
  /** Runs three seeds in a thread that runs a given script. @returns The seeds that the thread reported, and its result. */
  async function inThread(name: string, lines: readonly string[], ending = new AbortController()) {
    const told: number[] = [];
    const begin = `const { parentPort, workerData } = require('node:worker_threads');
      const tell = (seed) => parentPort.postMessage({ seed, breaches: [], counts: new Map(), coverage: new Map() });
      const { from, step } = workerData;`;
    const script = await directory.write(name, [begin, ...lines].join('\n'));
    const take = ({ seed }: { readonly seed: number }): void => {
      told.push(seed);
      if (seed === 0) ending.abort();
    };
    const run = runInThread({ from: 7, count: 3, step: 2 }, take, ending.signal, script);
    const [end] = await Promise.allSettled([run]);
    return { told, end };
  }
  const rejected = (message: string) => ({ status: 'rejected', reason: new Error(message) });

  test('because it was aborted before the last seed', async () => {
    const run = runCommand(simulate, ['--seeds', '2'], [], {}, AbortSignal.abort());
    await expect(run).rejects.toThrow('aborted');
  });

  test('because a thread ended early, with exit code 0 or another', async () => {
    for (const code of [0, 1]) {
      const { told, end } = await inThread(`ends-${code}.cjs`, ['tell(from);', `process.exit(${code});`]);
      expect([told, end]).toEqual([[7], rejected(`a thread ended with code ${code} after 1 of 3 runs`)]);
    }
  });

  test('because its threads were aborted', async () => {
    const { told, end } = await inThread('never-ends.cjs', ['tell(0);', 'setInterval(() => undefined, 1_000);']);
    expect([told, end]).toEqual([[0], rejected('a thread ended with code 1 after 1 of 3 runs')]);
  });

  test('because it was aborted before a thread began', async () => {
    const ending = new AbortController();
    ending.abort();
    const { told, end } = await inThread('would-run.cjs', ['tell(from);'], ending);
    expect([told, end.status]).toEqual([[], 'rejected']);
  });

  test('but succeeds if a thread reported all its seeds', async () => {
    const { told, end } = await inThread('runs.cjs', ['for (let i = 0; i < 3; i++) tell(from + i * step);']);
    expect([told, end.status]).toEqual([[7, 9, 11], 'fulfilled']);
  });
});

test.each([
  [['--seeds', 'many']],
  [['--seeds', '0']],
  [['--trace']],
  [['here']],
  [['--seed', '1', '--seeds', '2']],
  [['--seed', '1', '--from', '0']],
  [['--seed', '4294967296']],
  [['--from', '4294967296', '--seeds', '1']],
  [['--from', '4294967295', '--seeds', '2']],
  [['--planted', '--from', '4294967295', '--seeds', '2']],
  [['--planted', '--seed', '1']],
  [['--planted', '--coverage']],
  [['--planted', '--trace']],
])('throws a usage error for the arguments %j', async (argv) => {
  await expect(runCommand(simulate, argv)).rejects.toThrow(UsageError);
});

test('runs the highest seed', async () => {
  const { code } = await runCommand(simulate, ['--from', '4294967295', '--seeds', '1']);
  expect(code).toBe(0);
});
