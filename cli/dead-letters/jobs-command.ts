import { formatDistance } from '../../shared/views/format.ts';
import { makeCommand, write, type Arguments, type Io } from '../command.ts';
import { ConsoleClient } from '../console/console-client.ts';
import type { OptionDeclarations } from '../options.ts';
import type { Column } from '../screen/fit-columns.ts';
import { drawTable, thousands, terminalOf } from '../screen/table.ts';
import { apiJobPath } from './api-path.ts';
import { drawBadResults, loadResults, reportJob, runAndReport, type ShownJob } from './job-client.ts';

const options = { json: { kind: 'flag', help: 'print JSON, and nothing else' } } as const satisfies OptionDeclarations;
const exitNote =
  'Exit code 0: success. 3: some letters came back or were not changed. 1: an error. 2: wrong arguments.';
type JobArguments = Arguments<typeof options, ['ID']>;

async function loadJob(client: ConsoleClient, id: string): Promise<ShownJob> {
  return (await client.get(apiJobPath(id))).json as unknown as ShownJob;
}

const showJobCommand = makeCommand({
  name: 'show',
  calledAs: 'eventmend dead-letters jobs show',
  summary: 'show a job, and the letters that did not end well',
  positionals: ['ID'],
  options,
  notes: [exitNote],
  run: async ({ values, positionals: [id] }: JobArguments, io) => {
    const client = new ConsoleClient(io);
    const job = await loadJob(client, id);
    if (values.json) return reportAsJson({ ...job, results: await loadResults(client, id) }, io);
    await write(io.stdout, await drawBadResults(client, job));
    return reportJob(job, false, io);
  },
});

async function reportAsJson(value: object, io: Io): Promise<number> {
  await write(io.stdout, `${JSON.stringify(value)}\n`);
  return 0;
}

const resumeJobCommand = makeCommand({
  name: 'resume',
  calledAs: 'eventmend dead-letters jobs resume',
  summary: 'run a job that was planned, paused, stopped or interrupted',
  positionals: ['ID'],
  options,
  notes: [exitNote],
  run: async ({ values, positionals: [id] }: JobArguments, io) => {
    const client = new ConsoleClient(io);
    return runAndReport(client, await loadJob(client, id), values.json, io);
  },
});

const stopJobCommand = makeCommand({
  name: 'stop',
  calledAs: 'eventmend dead-letters jobs stop',
  summary: 'stop a job; the letters of the same second may still be changed',
  positionals: ['ID'],
  options,
  notes: ['Exit code 0: success. 1: an error. 2: wrong arguments.'],
  run: async ({ values, positionals: [id] }: JobArguments, io) => {
    const { json } = await new ConsoleClient(io).change({ method: 'POST', path: apiJobPath(id, 'stop') });
    await reportJob(json as unknown as ShownJob, values.json, io);
    return 0;
  },
});

export const jobsCommand = makeCommand({
  name: 'jobs',
  calledAs: 'eventmend dead-letters jobs',
  summary: 'list the changes of many letters; show, resume or stop one',
  positionals: [],
  options,
  notes: [exitNote],
  subcommands: [showJobCommand, resumeJobCommand, stopJobCommand],
  run: async ({ values }, io) => {
    const { json } = await new ConsoleClient(io).get('/api/jobs');
    if (values.json) return reportAsJson(json, io);
    const { jobs } = json as unknown as { readonly jobs: readonly ShownJob[] };
    const columns: readonly Column[] = [
      { title: 'id', isWhole: true },
      { title: 'state', isWhole: true },
      { title: 'planned', isWhole: true },
      { title: 'by', isOptional: true },
      { title: 'action', isWhole: true },
      { title: 'letters', align: 'right' },
      { title: 'chosen by', isOptional: true },
    ];
    const nowMs = Date.now();
    const rows = jobs.map(({ id, state, createdAt, by, action, matched, chosenBy }) =>
      [id, state, formatDistance(Date.parse(createdAt), nowMs), by, action, thousands(matched), chosenBy].map(
        (text) => ({ text }),
      ),
    );
    const table = drawTable(columns, rows, terminalOf(io.stdout));
    await write(io.stdout, jobs.length === 0 ? '  no jobs\n' : `${table}\n`);
    return 0;
  },
});
