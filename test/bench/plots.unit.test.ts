import { LogScale } from '../../bench/plot/svg.ts';
import { plotsOf } from '../../bench/plot/plots.ts';
import { resultOf } from '../../bench/scenario.ts';

function anOperation(perSecond: number, ours: number) {
  return resultOf('low rate', { metric: `operations an event at ${perSecond}/s, 1 instance`, ours });
}

it('maps powers of ten to equal distances', () => {
  const scale = new LogScale([0.02, 40], 100, 500);
  expect(scale.ticks).toEqual([0.01, 0.1, 1, 10, 100]);
  expect(scale.ticks.map((tick) => scale.at(tick))).toEqual([100, 200, 300, 400, 500]);
});

it('draws a line over the rates of the events, beside the baselines', () => {
  const [plot] = plotsOf([anOperation(1, 2), anOperation(1_000, 0.02)]);
  expect(plot?.file).toBe('bench-operations.svg');
  expect(plot?.svg.match(/<polyline/g)).toHaveLength(3);
  expect(plot?.svg).toContain('>1 instance</text>');
});

it('draws a bar for each ratio, with its bound', () => {
  const measure = { ours: 30, baseline: { value: 1, what: 'b' }, target: { of: 'ratio', atLeast: 20 } } as const;
  const results = ['1 writer, against a < b', '4 writers, against a < b'].map((at) =>
    resultOf('state', { metric: `events a second, ${at}`, ...measure }),
  );
  const [plot] = plotsOf(results);
  expect(plot?.file).toBe('bench-state.svg');
  expect(plot?.svg).toContain('1 writer, against a &lt; b</text>');
  expect(plot?.svg.match(/stroke-width="2"/g)).toHaveLength(2);
});

it('draws nothing for scenarios that were not run', () => {
  expect(plotsOf([])).toEqual([]);
});
