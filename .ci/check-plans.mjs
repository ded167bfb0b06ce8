/**
 * Checks the plans of terraform/root/tests, which have the providers' real schemas: node .ci/check-plans.mjs FILE
 *
 * FILE is the output of `terraform test -json -verbose`. Each plan is given to the check behind `eventmend check-plan`.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv, exit, stderr, stdout } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleModule } from '../build/module.mjs';

/** By the run of the test: whether its plan makes and destroys nothing, and what it would lose. */
const expected = {
  is_carried_over: { isWhole: true, lost: [] },
  loses_a_consumer_and_the_old_versions_of_the_database: {
    isWhole: false,
    lost: [
      'module.eventmend.google_firestore_database.letters',
      'module.eventmend.google_firestore_database.main',
      'module.eventmend.google_pubsub_subscription.consumer["billing"]',
      'module.eventmend.google_pubsub_subscription.consumer_dead_letters["billing"]',
      'module.eventmend.google_pubsub_topic.consumer_dead_letters["billing"]',
    ],
  },
};

/** The resources that were never deployed without a module, so that none is carried over. */
const newer = JSON.parse(
  readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../terraform/root/newer-resources.json'), 'utf8'),
);

const [, , file = ''] = argv;
const lines = readFileSync(file, 'utf8').split('\n');
const messages = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
const load = async (path) => import(pathToFileURL(await bundleModule(path)).href);
const { parsePlan } = await load('cli/plan-check/plan.ts');
const { lossesIn } = await load('cli/plan-check/losses.ts');

const problems = messages
  .filter(({ type, diagnostic }) => type === 'diagnostic' && diagnostic.severity === 'error')
  .map(({ '@testrun': run, diagnostic }) => `${run}: ${diagnostic.summary} ${diagnostic.detail}`);

for (const [run, { isWhole, lost }] of Object.entries(expected)) {
  const made = messages.find(({ type, '@testrun': of }) => type === 'test_plan' && of === run)?.test_plan;
  if (made) problems.push(...problemsOf(made, isWhole, lost).map((problem) => `${run} ${problem}`));
  else problems.push(`${run}: there is no such plan`);
}
for (const problem of problems) stderr.write(`${problem}\n`);
if (problems.length === 0) stdout.write(`${Object.keys(expected).length} plans lose what they should, and no more\n`);
exit(problems.length === 0 ? 0 : 1);

function problemsOf({ plan_format_version: format_version, resource_changes }, isWhole, lost) {
  const { plan, problem } = parsePlan({ format_version, resource_changes });
  if (problem) return [`is no plan: ${problem}`];
  const found = lossesIn(plan).map(({ address }) => address);
  const touched = plan.resource_changes
    .filter(({ change }) => change.actions.some((action) => ['create', 'delete', 'forget'].includes(action)))
    .map(({ address }) => address)
    // They are destroyed at the root, and made in the module.
    .filter((address) => !newer.includes(address.replace(/^module\.eventmend\./, '').replace(/\[.*$/, '')));
  return [
    ...(found.toSorted().join() === lost.join() ? [] : [`would lose ${found.join(', ') || 'nothing'}`]),
    ...(isWhole && touched.length > 0 ? [`makes or destroys ${touched.join(', ')}`] : []),
  ];
}
