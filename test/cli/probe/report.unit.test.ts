import { plainTerminal } from '../../support/plain-terminal.ts';
import { drawResults, drawVerdict, failedOf } from '../../../cli/probe/report.ts';
import type { Result } from '../../../cli/probe/follow-routes.ts';

const results: readonly Result[] = [
  { name: 'clean', outcome: 'failed', detail: 'no result within 300 s', tookMs: 300_012 },
  { name: 'duplicate', outcome: 'not-reached', detail: 'not started, because clean did not pass' },
  { name: 'poison', outcome: 'passed', detail: 'dead letter ERR_DELIVERY', tookMs: 812 },
];

test('a route is a line of the report, with how long it took', () => {
  expect(drawResults(results, plainTerminal).split('\n').slice(2, -1)).toEqual([
    '  clean      failed       300,012  no result within 300 s',
    '  duplicate  not reached           not started, because clean did not pass',
    '  poison     passed           812  dead letter ERR_DELIVERY',
  ]);
});

test('the verdict names what failed, and not what could not be reached for it', () => {
  expect(failedOf(results)).toEqual(['clean']);
  expect(drawVerdict(results, 'shop', plainTerminal)).toBe('failed: clean; shop\n');
  expect(drawVerdict(results.slice(2), 'shop', plainTerminal)).toBe('passed: shop\n');
});
