import { commandsIn, documents, type ShownCommand } from './markdown.ts';

/** The programs of this repository: their commands are run as written. `echo`, `printf` and `cat` make what some of them read. */
const ownPrograms = ['npm', 'npx', 'node', 'echo', 'printf', 'cat'];

/** Other programs that documents show, and why their commands are not run here. */
const otherPrograms: Readonly<Record<string, string>> = {
  gcloud: 'needs a project of Google Cloud; npm run gcloud:check has gcloud parse them',
  terraform: 'init, plan and apply need a project of Google Cloud; .ci/terraform validates and tests what they apply',
  tar: 'packs the checkout of a build, with the plan that Terraform made',
  git: 'needs a remote, or a version to go back to',
  export: 'sets variables for commands that need a project of Google Cloud',
  docker: 'needs a registry of images',
  cd: 'goes to the folder that git made',
  sleep: 'waits between two commands of gcloud',
};

interface LeftOut {
  readonly command: string;
  readonly because: string;
  /** A file of this repository that runs it instead. */
  readonly runBy: string;
}

/** Commands of this repository that are not run here, though they could be. */
export const leftOut: readonly LeftOut[] = [
  { command: 'npm ci', because: 'the clone gets the packages of this one', runBy: '.ci/run' },
  {
    command: 'npm ci --ignore-scripts',
    because: 'it would take the packages of this clone away',
    runBy: 'cloudbuild.yaml',
  },
  { command: 'npm run check', because: 'it runs this', runBy: '.ci/run' },
  {
    command: 'npx eventmend check-plan plan.json',
    because: 'the plan is made by Terraform, in a project',
    runBy: 'test/cli/commands/check-plan.unit.test.ts',
  },
  {
    command: 'npx eventmend check-plan plan.json --same-as approved-plan.json',
    because: 'the plans are made by Terraform, in a project',
    runBy: 'test/cli/commands/check-plan.unit.test.ts',
  },
  {
    command: 'node cli/check-plan.ts plan.json',
    because: 'it needs Node 24, and a plan that is made by Terraform',
    runBy: 'test/support/build-steps.ts',
  },
  {
    command: 'NODE_IMAGE=node:24 sh terraform/cloudbuild/build.sh',
    because: 'it needs Docker, and the test has a stand-in for it',
    runBy: 'test/deployment/cloud-build.unit.test.ts',
  },
  {
    command: 'npx eventmend forget --entity C-7 --dry-run',
    because: 'the console of the tests has another port',
    runBy: 'test/cli/commands/forget.unit.test.ts',
  },
  {
    command: 'RESEND_TIMEOUT_MS=60000 npm run dev',
    because: 'it is `npm run dev` with a setting',
    runBy: 'test/e2e/dev.emulator.test.ts',
  },
  {
    command: 'npm run dev -- --catalog my-catalog.ts',
    because: 'the examples are run with a catalog of their own',
    runBy: 'test/examples/run.emulator.test.ts',
  },
  {
    command: 'EVENTMEND_CATALOG=my-catalog.ts npm run build',
    because: 'the tests of the build make one with another catalog',
    runBy: 'test/build.unit.test.ts',
  },
  {
    command: 'GOOGLE_CLOUD_PROJECT="$PROJECT" npx eventmend probe',
    because: 'it is `npx eventmend probe` with a variable',
    runBy: 'test/e2e/probe.emulator.test.ts',
  },
  {
    command: 'npm run test:pull',
    because: 'it takes minutes, and a test runs a worker',
    runBy: 'test/functions/worker.emulator.test.ts',
  },
  {
    command: 'npm run soak -- --pull',
    because: 'it takes ten minutes, and a test runs a worker',
    runBy: 'test/functions/worker.emulator.test.ts',
  },
  {
    command: 'npm run dev -- --pull',
    because: 'it is `npm run dev` with a worker',
    runBy: 'test/e2e/dev.emulator.test.ts',
  },
  { command: 'npm run typecheck', because: 'it is part of the whole check', runBy: 'package.json' },
  {
    command: 'npm run simulate -- --planted',
    because: 'the test looks for the same bugs',
    runBy: 'test/simulation/planted-bugs.unit.test.ts',
  },
  {
    command: 'npm run fuzz -- --runs 5000 --seed 3 --size 0.05',
    because: 'it compares times, which a busy machine disturbs, and a test tries the same shapes and messages',
    runBy: 'test/fuzz/fuzz.unit.test.ts',
  },
  {
    command: 'npm run sbom',
    because: 'a test of the build writes the same files',
    runBy: 'test/build.unit.test.ts',
  },
  {
    command: 'npm run gcloud:check',
    because: 'it needs gcloud, and changes with its version',
    runBy: 'test/docs/gcloud.long.test.ts',
  },
  { command: 'npm test', because: 'it is what runs this', runBy: 'package.json' },
  {
    command: 'npm run model',
    because: 'it takes minutes, and npm test searches the smaller scenarios',
    runBy: 'test/model/claim-model.unit.test.ts',
  },
  {
    command: 'npm run soak',
    because: 'it takes ten minutes, and the test twelve seconds',
    runBy: 'test/soak/soak.emulator.test.ts',
  },
  {
    command: 'npm run dataflow:test',
    because: 'it takes minutes, and .ci/run runs the tests of the pipeline itself',
    runBy: 'dataflow/test.mjs',
  },
  {
    command: 'npm run fuzz',
    because: 'it sends a million messages, and the test some thousand',
    runBy: 'test/fuzz/fuzz.unit.test.ts',
  },
];

/** The commands of examples, which are run with each other. */
const ofExamples = {
  files: /\bexamples\/|--source outbox |"kind":"OrderPaid"/,
  because: 'test/examples runs what the examples show',
};

/** Commands that are run with a smaller number, or on fewer files, than documents show. They would take minutes. */
const shortened: Readonly<Record<string, string>> = {
  'npm run format': "npm run format -- '!**/*.{ts,mjs,md}'",
  'npm run simulate -- --seeds 1000': 'npm run simulate -- --seeds 5',
  'npm run bench': 'npm run bench -- --counted --size 0.02',
  'npm run bench -- --only capacity': 'npm run bench -- --only capacity --size 0.02',
};

/** Commands that run until a Ctrl-C, and what they say once they are up. */
const staysUp: readonly { readonly command: RegExp; readonly says: RegExp }[] = [
  { command: /^npm start$/, says: /Console: http/ },
  { command: /npm run dev( -- .*)?$/, says: /^ready/m },
  { command: /^npm run systems$/, says: /^ready/m },
  { command: /^npx eventmend respond \S+$/, says: /^answers requests to resend/m },
];

/** Commands that neither read nor write the state of a pipeline that is served. */
const withoutPipeline = /^(?:npm|echo|printf|cat|npx eventmend (?:clean|evaluate|init)) /;

export interface RunPlan {
  readonly kind: 'run';
  readonly text: string;
  /** The command stays up, and says this once it is up. */
  readonly upOnce?: RegExp;
  readonly needsPipeline: boolean;
}

export type Plan = RunPlan | { readonly kind: 'left-out'; readonly because: string } | { readonly kind: 'unknown' };

/** The way in which the tests treat a command. An unknown one fails: decide about it in this file. */
export function planOf({ text }: Pick<ShownCommand, 'text'>): Plan {
  const because =
    leftOut.find(({ command }) => command === text)?.because ??
    otherPrograms[programOf(text)] ??
    (ofExamples.files.test(text) ? ofExamples.because : undefined);
  if (because !== undefined) return { kind: 'left-out', because };
  if (!ownPrograms.includes(programOf(text))) return { kind: 'unknown' };
  const upOnce = staysUp.find(({ command }) => command.test(text))?.says;
  const needsPipeline = !withoutPipeline.test(text);
  return { kind: 'run', text: shortened[text] ?? text, ...(upOnce && { upOnce }), needsPipeline };
}

/** The program of a statement: behind variables that are set for it, within a substitution, or in the body of a loop. */
function programOf(text: string): string {
  const body = text.replace(/^for [^\n]*\n\s*/, '').replace(/^(?:\w+=(?:\$\(|"[^"]*" |[^\s"$]* ))*/, '');
  return /^[\w.-]+/.exec(body)?.[0] ?? '';
}

/** Every command that a document shows, each text once. */
export function shownCommands(): readonly ShownCommand[] {
  const all = documents().flatMap((file) => commandsIn(file));
  return [...new Map(all.toReversed().map((shown) => [shown.text, shown])).values()].toReversed();
}
