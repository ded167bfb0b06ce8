import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { env } from 'node:process';
import { text } from 'node:stream/consumers';

/** The pipeline, as Dataflow runs it. */
const pipeline = join(import.meta.dirname, 'anomalies.yaml');

/** The variables of the pipeline's own tests. */
export const testVariables = {
  events: 'projects/test/subscriptions/events',
  totals: 'projects/test/subscriptions/totals',
  anomalies: 'projects/test/topics/anomalies',
  window_seconds: 60,
  windows: 8,
  settle_seconds: 60,
  threshold: 5,
  sums: { Paid: '/data/amount' },
};

/** The runner is named, because the default one tries to download another one first. */
const runners = {
  tests: ['--tests', '--runner=apache_beam.runners.portability.fn_api_runner.FnApiRunner'],
  streaming: ['--streaming', '--runner=BundleBasedDirectRunner'],
};

/** Starts the pipeline in a process. @param mode `tests` runs its tests, `streaming` the pipeline itself. */
export function startBeam(python, mode, variables, environment = {}) {
  const args = [`--yaml_pipeline_file=${pipeline}`, `--jinja_variables=${JSON.stringify(variables)}`, ...runners[mode]];
  const child = spawn(python, ['-m', 'apache_beam.yaml.main', ...args], {
    env: { ...env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]).then((parts) => parts.join('\n'));
  const ended = Promise.all([output, once(child, 'close')]).then(([said, [code]]) => ({ said, code }));
  return { ended, stop: () => child.kill('SIGKILL') };
}

/** Runs the tests of the pipeline. @returns How many there are, and each failed one with what differs. */
export async function runPipelineTests(python, variables = testVariables) {
  const { said } = await startBeam(python, 'tests', variables).ended;
  const ran = /^Ran (\d+) tests?/m.exec(said);
  if (!ran) throw new Error(`the tests of the pipeline did not run:\n${said.slice(-3_000)}`);
  const names = [...said.matchAll(/^(?:ERROR|FAIL): (.*) \(line \d+\)$/gm)].map(([, name]) => name);
  const differences = [...said.matchAll(/^\S*BeamAssertException: Failed assert: .*?\], (.*)$/gm)].map(
    ([, what]) => what,
  );
  return { count: Number(ran[1]), failed: [...new Set(names)], differences: [...new Set(differences)] };
}
