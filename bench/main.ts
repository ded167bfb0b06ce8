import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { drawResults } from './report.ts';
import { resultOf, type Result } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

/*
 * Measures Eventmend beside what users would have instead: `npm run bench`.
 *
 *     --only NAME   one scenario
 *     --counted     the scenarios whose figures are counted, and so are the same in every run
 *     --size SHARE  runs of this share of the full length, from 0 to 1
 *     --json        {"scenarios": [{name, metric, ours, baseline, ratio, target, passed}]}
 */
const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    only: { type: 'string' },
    counted: { type: 'boolean', default: false },
    size: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const size = Number(values.size);
const chosen = scenarios.filter(
  ({ name, isCounted }) => (values.only ?? name) === name && (isCounted || !values.counted),
);
if (chosen.length === 0 || !(size > 0 && size <= 1)) {
  stderr.write(
    `bench: --only takes one of: ${scenarios.map(({ name }) => name).join(', ')}; --size a number up to 1\n`,
  );
  exit(2);
}

const all: Result[] = [];
for (const scenario of chosen) {
  const { name, about } = scenario;
  const results = (await scenario.run(size)).map((measure) => resultOf(name, measure));
  all.push(...results);
  if (!values.json) stdout.write(`${name}: ${about}\n\n${drawResults(results, stdout.isTTY)}\n\n`);
}
if (values.json) stdout.write(`${JSON.stringify({ scenarios: all })}\n`);
