/**
 * Tests the Dataflow pipeline: `npm run dataflow:test`, or `npm run dataflow:test -- --own` for its own tests alone.
 *
 *     its own tests     the block `tests:` of anomalies.yaml, each row of output compared
 *     a failing case    with a threshold that no burst passes, the first of these tests must fail
 *     on the emulators  events that the functions have just cleaned, each counted once
 */
import process, { argv, stdout } from 'node:process';
import { runPipelineTests, testVariables } from './beam.mjs';
import { hasPython, providePython } from './environment.mjs';
import { hasEmulators, runOnEmulators } from './live-test.mjs';

const counts = { passed: 0, failed: 0 };

function count(name, problems) {
  counts[problems.length === 0 ? 'passed' : 'failed'] += 1;
  stdout.write(
    `${problems.length === 0 ? 'passed' : 'FAILED'}: ${name}\n${problems.map((problem) => `  ${problem}\n`).join('')}`,
  );
}

async function testPipeline(python) {
  const { count: ran, failed, differences } = await runPipelineTests(python);
  counts.passed += ran - failed.length;
  stdout.write(`passed: ${ran - failed.length} of the ${ran} tests of the pipeline\n`);
  for (const name of failed) count(name, differences);
}

async function testFailingCase(python) {
  const { failed } = await runPipelineTests(python, { ...testVariables, threshold: 1_000 });
  const wanted = ['bursts, silences and shares'];
  count(
    'a failing case fails, and no other',
    String(failed) === String(wanted) ? [] : [`failed: ${failed.join(', ')}`],
  );
}

async function testAll() {
  const python = await providePython();
  await testPipeline(python);
  if (argv.includes('--own')) return;
  await testFailingCase(python);
  if (hasEmulators()) count('each cleaned event is counted once', await runOnEmulators(python));
  else stdout.write('Left out: the pipeline on the emulators. They need gcloud and java: see docs/local.md.\n');
}

if (hasPython()) {
  await testAll();
  stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
  if (counts.failed > 0) process.exitCode = 1;
} else {
  stdout.write('Left out: the tests of dataflow/. They need Python 3.11 or later, with its module venv, as python3.\n');
}
