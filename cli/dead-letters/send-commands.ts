import { makeCommand, UsageError, write, type Io } from '../command.ts';
import { ConsoleClient } from '../console/console-client.ts';
import type { OptionDeclarations } from '../options.ts';
import { ProgressBar } from '../screen/progress-bar.ts';
import { changeLetter, waitForAnswers, type LetterChange } from './change-letter.ts';
import { filterOptions, filterQuery, type FilterValues } from './filter-options.ts';
import { planJobs, runAndReport } from './job-client.ts';
import { readPatch } from './read-patch.ts';
import { countResults, drawLetterResults, exitCodeOf, type LetterResult, type ResultOf } from './results.ts';
import { revisionOption } from './seen-revision.ts';
import { tryBulk, wouldBe } from './try-bulk.ts';

const bulkOptions = {
  all: { kind: 'flag', help: 'change all letters that the filters allow, as a job' },
  ...filterOptions,
  first: {
    kind: 'integer',
    value: 'N',
    min: 1,
    max: 500,
    default: 10,
    help: 'with --all: try N letters first; pause if a tenth go wrong',
  },
  rate: {
    kind: 'integer',
    value: 'N',
    min: 1,
    max: 200,
    default: 50,
    help: 'with --all: change at most N letters a second',
  },
} as const satisfies OptionDeclarations;

const jsonOption = {
  json: { kind: 'flag', help: 'print one JSON object, {counts, results}, and nothing else' },
} as const;
const dryRun = (verb: string) =>
  ({
    'dry-run': {
      kind: 'flag',
      help: `change nothing: say which letters would be ${verb}; with --all, how many match, and try ten`,
    },
  }) as const;
const exitNote = 'Exit code 0: success. 3: some came back or were not changed. 1: an error. 2: wrong arguments.';

/** How long a replay waits for its answer. */
const maxWaitMs = 30_000;

const replayOptions = {
  ...bulkOptions,
  patch: { kind: 'text', value: 'FILE', help: 'with --all: apply this JSON Patch to each letter first' },
  replace: { kind: 'flag', help: 'the content supersedes the event that has its key' },
  forgotten: { kind: 'flag', help: 'also if nobody knows any more whether the event was published' },
  wait: {
    kind: 'integer',
    value: 'SECONDS',
    min: 0,
    max: 600,
    default: maxWaitMs / 1_000,
    help: 'wait so long for answers',
  },
  'no-wait': { kind: 'flag', help: 'wait for no answer' },
  ...dryRun('sent'),
  ...revisionOption,
  ...jsonOption,
} as const satisfies OptionDeclarations;

/** The options that need `--all`, and those that one letter or some named ones need. No option is ignored. */
const onlyWithAll = [...Object.keys(filterOptions), 'first', 'rate', 'patch'];
const onlyWithIds = ['forgotten', 'if-revision', 'wait', 'no-wait'];

/** @throws UsageError if an option was given that does nothing with `--all`, or without it. */
function refuseIgnored(values: Readonly<Record<string, unknown>>, options: OptionDeclarations): void {
  const isGiven = (name: string): boolean => {
    const option = options[name];
    if (!option) return false;
    return values[name] !== (option.kind === 'flag' ? false : 'default' in option ? option.default : undefined);
  };
  const ignored = (values.all === true ? onlyWithIds : onlyWithAll).filter(isGiven).map((name) => `--${name}`);
  if (ignored.length === 0) return;
  const verb = ignored.length === 1 ? 'does' : 'do';
  const hint = values.all === true ? 'with --all' : 'without --all: add it and give no ids, or leave the option out';
  throw new UsageError(`${ignored.join(', ')} ${verb} nothing ${hint}`);
}

export const replayCommand = makeCommand({
  name: 'replay',
  calledAs: 'eventmend dead-letters replay',
  summary: 'send dead letters through the pipeline again: their drafts, or the originals',
  positionals: [],
  rest: 'ID',
  options: replayOptions,
  notes: [exitNote],
  run: async ({ values, rest }, io) => {
    refuseIgnored(values, replayOptions);
    if (values.all) {
      const patch = values.patch === undefined ? undefined : await readPatch(values.patch);
      return runBulk({ action: 'replay', replace: values.replace, patch }, rest, values, io);
    }
    const client = new ConsoleClient(io);
    const ids = idsIn(rest, values['if-revision']);
    const { replace, forgotten, 'if-revision': revision, 'dry-run': isDryRun } = values;
    const change: LetterChange = { action: 'replay', body: { replace, forgotten }, revision, isDryRun };
    const sent = await each(ids, io, (id) => changeLetter(client, id, change));
    const waitMs = values['no-wait'] ? 0 : values.wait * 1_000;
    const results = isDryRun || waitMs === 0 ? sent : await waitForAnswers(client, sent, waitMs, io.signal);
    return report(results, values.json, io, isDryRun ? { left: `${wouldBe.replay}: this was a dry run` } : {});
  },
});

const discardOptions = {
  ...bulkOptions,
  note: { kind: 'text', value: 'TEXT', help: 'why; it is kept' },
  ...dryRun('discarded'),
  ...revisionOption,
  ...jsonOption,
} as const satisfies OptionDeclarations;

export const discardCommand = makeCommand({
  name: 'discard',
  calledAs: 'eventmend dead-letters discard',
  summary: 'close dead letters without sending them; reopen undoes it',
  positionals: [],
  rest: 'ID',
  options: discardOptions,
  notes: [exitNote],
  run: async ({ values, rest }, io) => {
    refuseIgnored(values, discardOptions);
    const { note } = values;
    if (note === undefined) throw new UsageError('--note is missing: say why the letter is discarded');
    if (values.all) return runBulk({ action: 'discard', note }, rest, values, io);
    return changeAll(rest, 'discard', { ...values, note }, io);
  },
});

const reopenOptions = {
  ...bulkOptions,
  note: { kind: 'text', value: 'TEXT', help: 'why; it is kept' },
  ...dryRun('opened'),
  ...revisionOption,
  ...jsonOption,
} as const satisfies OptionDeclarations;

export const reopenCommand = makeCommand({
  name: 'reopen',
  calledAs: 'eventmend dead-letters reopen',
  summary: 'open discarded or done dead letters again',
  positionals: [],
  rest: 'ID',
  options: reopenOptions,
  notes: ['--all opens discarded letters, unless --state says otherwise.', exitNote],
  run: async ({ values, rest }, io) => {
    refuseIgnored(values, reopenOptions);
    const { note = '' } = values;
    if (values.all) return runBulk({ action: 'reopen', note }, rest, values, io);
    return changeAll(rest, 'reopen', { ...values, note }, io);
  },
});

interface ChangeValues {
  readonly note: string;
  readonly 'if-revision': number | undefined;
  readonly 'dry-run': boolean;
  readonly json: boolean;
}

async function changeAll(
  given: readonly string[],
  action: 'discard' | 'reopen',
  { note, json, 'if-revision': revision, 'dry-run': isDryRun }: ChangeValues,
  io: Io,
): Promise<number> {
  const client = new ConsoleClient(io);
  const change = { action, body: { note }, revision, isDryRun };
  const results = await each(idsIn(given, revision), io, (id) => changeLetter(client, id, change));
  const done = action === 'discard' ? 'discarded' : 'opened';
  return report(results, json, io, { done, left: `${wouldBe[action]}: this was a dry run` });
}

interface BulkValues extends FilterValues {
  readonly first: number;
  readonly rate: number;
  readonly json: boolean;
  readonly 'dry-run': boolean;
}

/** Plans a job for all letters that the filters allow, and runs it. A dry run only tells what it would do. */
async function runBulk(plan: object, ids: readonly string[], values: BulkValues, io: Io): Promise<number> {
  if (ids.length > 0) throw new UsageError('--all is for filters: give ids, or --all');
  const { first, rate } = values;
  const client = new ConsoleClient(io);
  const whole = { ...plan, first, rate, filter: filterQuery(values) };
  if (values['dry-run']) return tryBulk(client, whole, values.json, io);
  const { job, json } = await planJobs(client, whole);
  if (job) return runAndReport(client, job, values.json, io);
  await write(io.stdout, values.json ? `${JSON.stringify(json)}\n` : '  no letter matched: no job was planned\n');
  return 0;
}

function idsIn(ids: readonly string[], revision: number | undefined): readonly string[] {
  if (ids.length === 0) throw new UsageError('give the ids of letters');
  if (revision !== undefined && ids.length > 1) throw new UsageError('--if-revision is for one letter');
  return [...new Set(ids)];
}

/** Changes letters one by one, with a progress bar. */
async function each(
  ids: readonly string[],
  io: Io,
  change: (id: string) => Promise<ResultOf>,
): Promise<readonly ResultOf[]> {
  const bar = new ProgressBar(io.stderr, ids.length, { noun: 'letter' });
  const results: ResultOf[] = [];
  try {
    for (const id of ids) {
      results.push(await change(id));
      bar.advance(1);
      bar.draw(results.length, Date.now());
    }
    return results;
  } finally {
    bar.clear();
  }
}

async function report(
  results: readonly ResultOf[],
  isJson: boolean,
  io: Io,
  words: Partial<Record<LetterResult, string>>,
): Promise<number> {
  const value = { counts: countResults(results), results };
  await write(io.stdout, isJson ? `${JSON.stringify(value)}\n` : drawLetterResults(results, words));
  return exitCodeOf(results);
}
