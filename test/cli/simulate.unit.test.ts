import { UsageError } from '../../cli/command.ts';
import { linesOf } from '../../cli/simulate/seeds.ts';
import { Totals } from '../../cli/simulate/totals.ts';
import { simulate } from '../../cli/simulate.ts';
import { runCommand } from '../support/command-run.ts';

const failed = {
  seed: 7,
  breaches: [
    { law: 'each message ends in one place', what: 'message 3 is lost' },
    { law: 'each message ends in one place', what: 'message 4 is lost' },
    { law: 'each sound event is cleaned', what: 'nothing was cleaned under web/3/0' },
  ],
  counts: new Map([['messages', 1_200]]),
};

test('runs as many seeds as it is asked for, from the one it is told, and says that the laws held', async () => {
  const { code, stdout } = await runCommand(simulate, ['--seeds', '3', '--from', '40']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^3 runs: .*\d+ messages.*; all \d+ laws held in each\n$/)]);
});

test('prints a run event by event: when, who, what', async () => {
  const { code, stdout } = await runCommand(simulate, ['--seed', '3', '--trace']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +\d+\.\d{3} {2}\w+ +sends stream=/m);
  expect(stdout).toMatch(/^ +\d+\.\d{3} {2}track#\d+ +publishes cleaned-events: .*idempotency_key=/m);
});

test('prints a line for each law that a seed broke: the seed, the law, and for what', () => {
  expect(linesOf(failed)).toEqual([
    'seed 7: each message ends in one place: message 3 is lost\n',
    'seed 7: each sound event is cleaned: nothing was cleaned under web/3/0\n',
  ]);
});

test('counts the runs that failed, and what happened in all', () => {
  const totals = new Totals();
  totals.add(failed);
  totals.add({ ...failed, seed: 8, breaches: [] });
  expect(totals.draw()).toBe('2 runs: 2,400 messages; 1 failed\n');
});

test.each([[['--seeds', 'many']], [['--trace']], [['here']]])(
  'says how it is called when it is called with %j',
  async (argv) => {
    await expect(runCommand(simulate, argv)).rejects.toThrow(UsageError);
  },
);
