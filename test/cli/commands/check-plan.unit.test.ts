import { buildSync } from 'esbuild';
import { checkPlan } from '../../../cli/commands/check-plan.ts';
import { UsageError } from '../../../cli/command.ts';
import { Directory, runCommand } from '../../support/command-run.ts';

const directory = new Directory();

const filter = 'google_pubsub_subscription.push["track"]';
const topic = 'google_pubsub_topic.source["outbox"]';

function aPlan(...deleted: readonly string[]) {
  const changes = deleted.map((address) => ({
    address,
    mode: 'managed',
    type: address.split('.')[0],
    change: { actions: ['delete'], before: {}, after: null, after_unknown: {} },
  }));
  return JSON.stringify({ format_version: '1.2', resource_changes: changes });
}

const run = async (plan: string, ...options: readonly string[]) =>
  runCommand(checkPlan, [await directory.write('plan.json', plan), ...options]);

describe('eventmend check-plan', () => {
  it('lets a plan pass that loses nothing, also from standard input', async () => {
    expect(await run(aPlan())).toEqual({ code: 0, stdout: 'The plan loses no data.\n', stderr: '' });
    expect(await runCommand(checkPlan, ['-'], [Buffer.from('{"format_version":"1.2"}')])).toMatchObject({ code: 0 });
  });

  it('refuses one that does, and says how to allow it', async () => {
    const { code, stdout } = await run(aPlan(filter, topic));
    expect(code).toBe(1);
    expect(stdout).toContain(
      `REFUSED: the plan would lose data. Change it, or, if the loss is meant: --allow '${filter},${topic}'`,
    );
    const rows = stdout.split('\n').map((line) => line.trim().split(/\s{2,}/));
    expect(rows).toContainEqual([topic, 'deleted', 'this loses the messages that it keeps', 'no']);
  });

  it('lets through what is allowed by name, and nothing else', async () => {
    expect(await run(aPlan(filter, topic), '--allow', filter)).toMatchObject({ code: 1 });
    expect(await run(aPlan(filter, topic), '--allow', `${filter},${topic}`)).toMatchObject({ code: 0 });
    const { stdout } = await run(aPlan(filter), '--allow', `${filter},${topic}`);
    expect(stdout).toContain(`--allow names ${topic}, which loses nothing: take it out`);
  });

  it('prints the same as JSON', async () => {
    const { stdout } = await run(aPlan(filter, topic), '--allow', `${filter},other`, '--json');
    const because = 'this loses the messages that it keeps';
    expect(JSON.parse(stdout)).toMatchObject({
      refused: [{ address: topic, what: 'deleted', because }],
      allowed: [{ address: filter }],
      unused: ['other'],
      different: [],
    });
  });

  it('refuses a plan with other changes than the one that was approved', async () => {
    const approved = await directory.write('approved.json', aPlan(filter));
    const options = ['--allow', `${filter},${topic}`, '--same-as', approved];
    const same = await run(aPlan(filter), ...options);
    expect(same).toMatchObject({ code: 0 });
    expect(same.stdout).toContain(`It makes the same changes as ${approved}.`);
    const other = await run(aPlan(filter, topic), ...options);
    expect(other).toMatchObject({ code: 1 });
    expect(other.stdout).toContain(`REFUSED: it makes other changes than ${approved}`);
    expect(other.stdout).toContain(`  ${topic}: nothing there, delete here\n`);
    const { stdout } = await run(aPlan(filter, topic), ...options, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ different: [{ address: topic }] });
    await expect(run(aPlan(), '--same-as', await directory.write('empty.json', ''))).rejects.toThrow(UsageError);
  });

  it('runs without any package where it runs as who deploys', () => {
    const { metafile } = buildSync({
      entryPoints: ['cli/check-plan.ts'],
      outfile: directory.file('check-plan.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
      metafile: true,
    });
    expect(Object.keys(metafile.inputs).filter((path) => path.includes('node_modules'))).toEqual([]);
    expect(Object.keys(metafile.inputs)).toContain('cli/plan-check/losses.ts');
  });

  it.each([
    [
      'not JSON',
      'PK\u0003\u0004',
      /plan\.json is not JSON\. Is it the saved plan\? Then: terraform show -json .*plan\.json > plan\.json/,
    ],
    ['no plan', '{"values":{}}', /is not what terraform show -json prints of a plan: format_version/],
    ['no plan either', '[]', /the plan is no object/],
    ['a plan without resources', '{"format_version":"1.2","resource_changes":{}}', /resource_changes is no list/],
    ['a plan with another', '{"format_version":"1.2","resource_changes":[{"address":1}]}', /resource_changes\.0/],
    ['of a format to come', '{"format_version":"2.0"}', /format_version is a format that this release does not know/],
    ['of a run that failed', '{"format_version":"1.2","errored":true}', /is the plan of a run that failed: plan again/],
  ])('refuses a file that is %s', async (_, plan, message) => {
    await expect(run(plan)).rejects.toThrow(message);
    await expect(run(plan)).rejects.toThrow(UsageError);
  });

  it('refuses a file that is not there', async () => {
    await expect(runCommand(checkPlan, [directory.file('none')])).rejects.toThrow(/none cannot be read/);
  });
});
