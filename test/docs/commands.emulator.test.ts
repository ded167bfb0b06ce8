import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { UserProcess } from '../e2e/user-process.ts';
import { eventually } from '../support/eventually.ts';
import { planOf, shownCommands, type RunPlan } from './known-commands.ts';
import { titlesIn } from './markdown.ts';

/*
 * Runs every command that the documents show, as written, in a fresh clone, beside the pipeline of `npm run dev`. known-commands.ts
 * says which are left out, and why.
 */

const serving = 'npm run dev';
/** The first command that the pipeline gets. */
const probing = 'npx eventmend probe';
/** Not in a clone: what git ignores, and git's own. */
const notCloned = ['.git', 'node_modules', 'dist', 'coverage', '.terraform', '.build'];
const { PATH, HOME, PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;

let clone: string;
let env: NodeJS.ProcessEnv;
let dev: UserProcess;
/** The output of the probe, once the pipeline has events too. */
let pipeline: Promise<string>;

beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'eventmend-clone-'));
  const isCloned = (path: string): boolean =>
    !notCloned.includes(basename(path)) && !basename(path).startsWith('.dist-');
  await cp('.', clone, { recursive: true, filter: isCloned });
  await symlink(resolve('node_modules'), join(clone, 'node_modules'));
  await writeFile(join(clone, 'events.ndjson'), events.join(''));
  const project = `test-${randomUUID()}`;
  env = {
    PATH,
    HOME,
    npm_config_cache: join(clone, '.npm'),
    npm_config_update_notifier: 'false',
    METADATA_SERVER_DETECTION: 'none',
    PORT: '0',
    // The variables that `npm run dev` prints, and the one that docs/deploy.md has its reader set.
    PUBSUB_EMULATOR_HOST,
    FIRESTORE_EMULATOR_HOST,
    GOOGLE_CLOUD_PROJECT: project,
    PROJECT: project,
  };
  // Which is what `npm ci` does in the end.
  expect(await run('npm run prepare')).toMatchObject({ code: 0 });
  dev = start(serving);
  // The commands that need no pipeline run while it starts.
  pipeline = fillPipeline();
  // Reported by each command that needs the pipeline.
  pipeline.catch(() => undefined);
});

afterAll(async () => {
  dev.ctrlC();
  await dev.end();
  await rm(clone, { recursive: true });
});

/** The file that the documents call events.ndjson: a stream of cases, in which event 3 is missing. */
const events = Array.from({ length: 300 }, (_, i) => i + 1)
  .filter((id) => id !== 3)
  .map((id) => {
    const timestamp = new Date(Date.UTC(2025, 1, 9) + id * 60_000).toISOString();
    const type = id % 2 === 0 ? 'CRM_Sync' : 'LeadCreated';
    return `${JSON.stringify({ event_id: id, type, timestamp, data: { case: `c${Math.ceil(id / 2)}` } })}\n`;
  });

async function fillPipeline(): Promise<string> {
  await dev.says(/^ready/m);
  // Starts every function. Otherwise the first events could be pushed again after the first grace, and the stream would begin above the
  // missing event.
  const probed = await runToItsEnd(probing);
  // Commands that show the state of the pipeline stand in pages before the one that publishes.
  await runToItsEnd('npx eventmend publish events.ndjson');
  return probed;
}

function start(text: string, more: NodeJS.ProcessEnv = {}): UserProcess {
  return new UserProcess('sh', ['-c', text], { ...env, ...more }, clone);
}

async function run(text: string) {
  const started = start(text);
  return { text, code: await started.end(), output: started.output };
}

const shown = shownCommands()
  .flatMap((command) => {
    const plan = planOf(command);
    return plan.kind === 'run' && command.text !== serving ? [{ ...command, plan }] : [];
  })
  .toSorted((a, b) => Number(a.plan.needsPipeline) - Number(b.plan.needsPipeline));

/** Runs a command that stays up until it says that it is up. @returns All that it said. */
async function runUntilUp(text: string, says: RegExp): Promise<string> {
  // Another pipeline in the same project would take the subscriptions of the one that serves.
  const ownProject = text.includes(serving) ? { GOOGLE_CLOUD_PROJECT: `test-${randomUUID()}` } : {};
  const started = start(text, ownProject);
  await started.says(says);
  started.ctrlC();
  await started.end();
  return started.output;
}

async function runToItsEnd(text: string): Promise<string> {
  const ended = await run(text);
  expect(ended).toMatchObject({ code: 0 });
  return ended.output;
}

async function runAsPlanned({ text, upOnce, needsPipeline }: RunPlan): Promise<string> {
  if (text === probing) return pipeline;
  if (needsPipeline) await pipeline;
  return upOnce ? await runUntilUp(text, upOnce) : await runToItsEnd(text);
}

describe('a command that the documents show', () => {
  it.each(shown.map((command) => [command.text, command] as const))('%s', async (_, { file, output = '', plan }) => {
    const titles = titlesIn(output);
    // A table about the pipeline takes its time to come: a gap is found only after its grace.
    await eventually(`it draws the tables that ${file} shows: ${titles.join(', ')}`, async () => {
      const printed = await runAsPlanned(plan);
      return titles.every((one) => titlesIn(printed).includes(one));
    });
  });
});

test('npx still finds the command line after a build has replaced it', async () => {
  await runToItsEnd('npx eventmend help');
  await rm(join(clone, 'dist', 'cli', 'main.js'));
  await runToItsEnd('npm run build cli');
  expect(await runToItsEnd('npx eventmend help')).toContain('eventmend COMMAND [--help]');
});
