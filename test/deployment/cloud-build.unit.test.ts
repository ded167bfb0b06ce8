import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BuildMachine, readBuild, type StandInSettings } from '../support/build-steps.ts';

const plan = readBuild('terraform/cloudbuild/plan.yaml');
const apply = readBuild('terraform/cloudbuild/apply.yaml');
const machine = new BuildMachine();
afterAll(() => {
  machine.end();
});

let count = 0;
beforeEach(() => {
  machine.takeCalls();
});

/** Makes a workspace with a checkout. @returns Its name. */
function aCheckout(files: Readonly<Record<string, string>> = {}): string {
  const workspace = `workspace-${++count}`;
  const sources = {
    'terraform/root/main.tf': 'module "eventmend" {}',
    'terraform/cloudbuild/build.sh': readFileSync('terraform/cloudbuild/build.sh', 'utf8'),
    '.git/config': 'token',
    ...files,
  };
  for (const [name, content] of Object.entries(sources)) machine.write(`${workspace}/${name}`, content);
  return workspace;
}

/** A plan as `terraform show -json` prints it, with the metric whose name has the prefix. */
function aPlan(...changes: readonly object[]) {
  return { format_version: '1.2', resource_changes: [aChange('google_logging_metric', 'no-op'), ...changes] };
}

function aChange(type: string, action: string, after: object | null = { name: 'eventmend/plan-at-night' }) {
  return { address: `${type}.main`, mode: 'managed', type, change: { actions: [action], before: {}, after } };
}

const loss = aChange('google_pubsub_topic', 'delete', null);
const bundle = (hash: string) => aChange('google_storage_bucket_object', 'update', { name: `track/${hash}.zip` });
const withoutPrefix = { format_version: '1.2' };

const planIn = (workspace: string, settings: StandInSettings, substitutions = {}) =>
  machine.runAll(plan, workspace, { BUILD_ID: workspace, COMMIT_SHA: '0123456789abcdef', ...substitutions }, settings);

const ids = new Map<string, string>();

/** Plans a checkout, the same one once. @returns The id of the build. */
function planned(changes: readonly object[] = [], files = {}, substitutions = {}): string {
  const key = JSON.stringify([changes, files, substitutions]);
  const id = ids.get(key) ?? aCheckout(files);
  if (ids.has(key)) return id;
  const outcome = planIn(id, { planExit: 2, plan: aPlan(...changes) }, substitutions);
  expect(outcome).toMatchObject({ id: 'keep', code: 0 });
  machine.takeCalls();
  ids.set(key, id);
  return id;
}

/** Applies a plan in an empty workspace. */
function applied(id: string, changes: readonly object[] = [], substitutions = {}, settings: StandInSettings = {}) {
  const workspace = `workspace-${++count}`;
  machine.write(`${workspace}/terraform/root/.keep`, '');
  const values = { _PLAN: id, ...substitutions };
  return { workspace, ...machine.runAll(apply, workspace, values, { plan: aPlan(...changes), ...settings }) };
}

const kept = (id: string, archive: string) =>
  machine
    .shell(`tar --list --gzip --file project-eventmend-plans/${id}/${archive}.tar.gz`)
    .trim()
    .split('\n')
    .toSorted();
const read = (...path: readonly string[]) => readFileSync(join(machine.root, ...path), 'utf8');

describe('the plan', () => {
  it('first keeps the checkout, as it is before a package or a provider has run', () => {
    const id = planned([], {}, { _CATALOG: 'mine.ts', _VAR_FILE: 'staging.tfvars' });
    expect(plan.steps[0]?.id).toBe('checkout');
    expect(kept(id, 'checkout').filter((name) => !name.endsWith('/'))).toEqual([
      './deployment.env',
      './terraform/cloudbuild/build.sh',
      './terraform/root/main.tf',
    ]);
    expect(read(id, 'deployment.env')).toBe(
      [
        ...['EVENTMEND_CATALOG=mine.ts', 'EVENTMEND_REVISION=0123456789ab', 'PREFIX=eventmend'],
        ...['STATE_BUCKET=project-eventmend-state', 'STATE_PREFIX=eventmend', 'VAR_FILE=staging.tfvars', ''],
      ].join('\n'),
    );
  });

  it('keeps of all else only what an apply reads, or somebody who looks for what was deployed', () => {
    expect(kept(planned(), 'plan')).toEqual([
      ...['dist/functions/manifest.json', 'dist/sbom/', 'dist/sbom/track.cdx.json'],
      ...['plan.json', 'terraform/root/.terraform.lock.hcl'],
    ]);
  });

  test.each(['checkout', 'plan'])('fails if the %s lies there already', (archive) => {
    const workspace = aCheckout();
    machine.write(`project-eventmend-plans/${workspace}/${archive}.tar.gz`, 'of somebody else');
    expect(planIn(workspace, { plan: aPlan() })).toMatchObject({
      code: 1,
      output: expect.stringContaining('412') as string,
    });
    expect(read('project-eventmend-plans', workspace, `${archive}.tar.gz`)).toBe('of somebody else');
  });

  it('lets the code of packages change nothing but dist/', () => {
    const workspace = aCheckout();
    const onBuild = '[ ! -e .git ] || exit 1; echo harm > terraform/root/main.tf; echo harm > dist/functions/more';
    expect(planIn(workspace, { plan: aPlan(), onBuild })).toMatchObject({ id: 'keep', code: 0 });
    expect(read(workspace, 'terraform/root/main.tf')).toBe('module "eventmend" {}');
    expect(read(workspace, 'dist/functions/more')).toBe('harm\n');
  });

  it('refuses a build that makes a link', () => {
    const onBuild = 'ln -s ../../terraform/root/main.tf dist/functions/link';
    const outcome = planIn(aCheckout(), { plan: aPlan(), onBuild });
    expect(outcome).toMatchObject({ id: 'build', code: 1 });
    expect(outcome.output).toContain('link -> ../../terraform/root/main.tf');
  });

  it('warns of each image that has no digest', () => {
    const warnings = (substitutions: Readonly<Record<string, string>>) =>
      machine
        .run(plan, 'checkout', aCheckout(), { BUILD_ID: `images-${++count}`, ...substitutions })
        .output.match(/image \S+/g);
    expect(warnings({})).toHaveLength(4);
    const pinned = Object.fromEntries(
      ['DOCKER', 'GCLOUD', 'NODE', 'TERRAFORM'].map((name) => [`_${name}_IMAGE`, `${name}@sha256:0`]),
    );
    expect(warnings(pinned)).toBeNull();
    expect(warnings({ ...pinned, _NODE_IMAGE: 'node:24' })).toEqual(['image node:24']);
  });

  test.each([
    [0, 'false', 0, 'What is deployed is what this checkout says.'],
    [2, 'false', 0, ''],
    [1, 'false', 1, ''],
    [0, 'true', 0, 'The plan of the night of eventmend has ended with exit code 0.'],
    [2, 'true', 2, 'differs from this checkout'],
    [1, 'true', 1, 'nobody knows whether somebody changed what is deployed'],
  ])('that ends with %i, with _EXPECT_NO_CHANGES=%s, ends the build with %i', (planExit, nothing, code, text) => {
    const substitutions = { _EXPECT_NO_CHANGES: nothing };
    const outcome = machine.run(plan, 'plan', aCheckout(), substitutions, { planExit, plan: aPlan() });
    expect(outcome.code).toBe(code);
    expect(outcome.output).toContain(text);
    // The alert tells of a night without this line.
    expect(outcome.output.includes('The plan of the night')).toBe(nothing === 'true');
  });

  it('refuses a _PREFIX that is not that of the settings', () => {
    const wrong = machine.run(plan, 'plan', aCheckout(), { _PREFIX: 'staging' }, { plan: aPlan() });
    expect(wrong).toMatchObject({ code: 1, output: expect.stringContaining('set _PREFIX') as string });
    expect(machine.run(plan, 'plan', aCheckout(), {}, { plan: withoutPrefix })).toMatchObject({ code: 1 });
  });

  it('takes the providers of the lock file, and warns if there is none', () => {
    const initOf = (files: Readonly<Record<string, string>>) => {
      const { output } = machine.run(plan, 'plan', aCheckout(files), {}, { plan: aPlan() });
      return [machine.takeCalls().find((call) => call.startsWith('terraform init')) ?? '', output] as const;
    };
    const [init, output] = initOf({ 'terraform/root/.terraform.lock.hcl': 'reviewed' });
    expect([init.includes('-lockfile=readonly'), output.includes('WARNING')]).toEqual([true, false]);
    const [initWithout, outputWithout] = initOf({});
    expect([initWithout.includes('-lockfile'), outputWithout.includes('WARNING')]).toEqual([false, true]);
  });

  it('refuses to lose data, unless that is allowed', () => {
    const check = (substitutions = {}) =>
      machine.run(plan, 'check-plan', aCheckout({ 'plan.json': JSON.stringify(aPlan(loss)) }), substitutions);
    expect(check()).toMatchObject({ code: 1 });
    expect(check({ _ALLOW_LOSS: 'google_pubsub_topic.main' })).toMatchObject({ code: 0 });
  });
});

describe('the apply', () => {
  it('plans the kept checkout again, and applies that', () => {
    const id = planned([bundle('a')], {}, { _VAR_FILE: 'staging.tfvars', _STATE_PREFIX: 'staging' });
    const { workspace, ...outcome } = applied(id, [bundle('a')]);
    expect(outcome).toMatchObject({ id: 'probe', code: 0 });
    const calls = machine.takeCalls().filter((call) => /^(terraform|npm|docker)/.test(call));
    expect(calls.map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
      ...['npm ci', 'docker run', 'npm run', 'npm run'],
      ...['terraform init', 'terraform plan', 'terraform show', 'terraform apply'],
    ]);
    expect(calls.find((call) => call.startsWith('terraform init'))).toContain(
      '-lockfile=readonly -backend-config=bucket=project-eventmend-state -backend-config=prefix=staging',
    );
    expect(calls.find((call) => call.startsWith('terraform plan'))).toContain('-var-file=staging.tfvars');
    expect(calls.at(-1)).toContain('eventmend.tfplan');
    expect(read(workspace, 'dist/functions/manifest.json')).toContain('"revision": "0123456789ab"');
  });

  it.each([
    ['a bundle that the sources do not give', [bundle('harm')], [bundle('a')]],
    ['another configuration', [bundle('a')], [bundle('a'), aChange('google_project_iam_member', 'create')]],
    ['a change that was made meanwhile', [bundle('a'), aChange('google_pubsub_topic', 'create')], [bundle('a')]],
  ])('refuses a plan with %s', (_, approved, made) => {
    const outcome = applied(planned(approved), made);
    expect(outcome).toMatchObject({ id: 'check-plan', code: 1 });
    expect(outcome.output).toContain('REFUSED: it makes other changes than approved-plan.json');
    expect(machine.takeCalls().join('\n')).not.toContain('terraform apply');
  });

  it('says so if no plan is named, or one that is not there', () => {
    expect(applied('')).toMatchObject({ id: 'fetch', code: 1, output: expect.stringContaining('_PLAN') as string });
    expect(applied('none')).toMatchObject({ id: 'fetch', code: 1 });
  });

  it('refuses to lose data, unless that is allowed here too', () => {
    const id = planned([loss], {}, { _ALLOW_LOSS: 'google_pubsub_topic.main' });
    expect(applied(id, [loss])).toMatchObject({ id: 'check-plan', code: 1 });
    expect(applied(id, [loss], { _ALLOW_LOSS: 'google_pubsub_topic.main' })).toMatchObject({ id: 'probe', code: 0 });
  });

  it('takes nothing from the archive of the plan but the text of the plan', () => {
    const id = planned([bundle('tampered')]);
    const pack = (change: string) => {
      const archive = `../project-eventmend-plans/${id}/plan.tar.gz`;
      machine.shell(
        `mkdir forged; cd forged; tar -xzf ${archive}; ${change}; tar -czf ${archive} *; cd ..; rm -r forged`,
      );
    };
    pack('mkdir cli; echo harm > cli/check-plan.ts; echo harm > terraform/root/main.tf');
    const { workspace, ...outcome } = applied(id, [bundle('tampered')]);
    expect(outcome).toMatchObject({ id: 'probe', code: 0 });
    expect(read(workspace, 'terraform/root/main.tf')).toBe('module "eventmend" {}');
    expect(existsSync(join(machine.root, workspace, 'cli'))).toBe(false);
    // The plan may not be a link to the one that it is compared with.
    pack('rm plan.json; ln -s plan.json plan.json');
    expect(applied(id, [bundle('tampered')])).toMatchObject({ id: 'check-plan', code: 2 });
  });

  it('takes the lock file of the checkout, and that of the plan only if the checkout has none', () => {
    const lockOf = (id: string) => {
      const workspace = `workspace-${++count}`;
      machine.write(`${workspace}/terraform/root/.keep`, '');
      const { output } = machine.run(apply, 'fetch', workspace, { _PLAN: id });
      return [read(workspace, 'terraform/root/.terraform.lock.hcl'), output.includes('only their signatures')];
    };
    expect(lockOf(planned([], { 'terraform/root/.terraform.lock.hcl': 'reviewed' }))).toEqual(['reviewed', false]);
    expect(lockOf(planned())).toEqual(['newest\n', true]);
  });

  it('ends with the scheduled probe, or says how to run one', () => {
    const probe = (jobs: string) =>
      machine.run(apply, 'probe', aCheckout({ 'deployment.env': 'PREFIX=staging\n' }), { _REGION: 'r' }, { jobs });
    expect(probe('staging-probe')).toMatchObject({ code: 0 });
    expect(machine.takeCalls().at(-1)).toBe('gcloud run jobs execute staging-probe --region r --wait');
    expect(probe('')).toMatchObject({ code: 0, output: expect.stringContaining('npx eventmend probe') as string });
  });
});

test('the image of the worker is named after its sources, as Terraform compares them', () => {
  const build = readBuild('terraform/cloudbuild/worker.yaml');
  const outcome = machine.runAll(build, aCheckout(), { BUILD_ID: 'id', _REPOSITORY: 'repository' });
  expect(outcome).toMatchObject({ id: 'image', code: 0, output: 'repository/worker:fedcba987654-id@sha256:0\n' });
});

test.each(readdirSync('terraform/cloudbuild').filter((file) => file.endsWith('.yaml')))(
  '%s runs the code of packages in the container of the build only, and each of its images can be pinned',
  (file) => {
    const { steps, substitutions } = readBuild(join('terraform/cloudbuild', file));
    const commands = steps.flatMap(({ script }) => script.match(/\b(npx|npm) .*|node_modules|dist\/cli.*/g) ?? []);
    expect(commands.filter((command) => !command.startsWith('npx eventmend probe yourself'))).toEqual([
      'npm ci --ignore-scripts',
    ]);
    for (const { image } of steps)
      expect(substitutions).toHaveProperty(/^\$\{(_[A-Z]+_IMAGE)\}$/.exec(image)?.[1] ?? image);
  },
);
