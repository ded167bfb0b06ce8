import { countJob, shownState, type Job } from '../../../shared/operator/job.ts';
import { formatAmount, formatCount, rfc3339 } from '../../../shared/views/format.ts';
import { html, type Html, type Value } from './html.ts';
import type { Screen } from './layout.ts';
import { jobPath, jobsPath } from './paths.ts';
import { table, type PageColumn } from './table.ts';
import { timeAndDistance } from './time.ts';

export interface JobsScreen {
  readonly nowMs: number;
  readonly jobs: readonly Job[];
}

/** Lists the jobs of operators, the newest first. */
export function jobsPage({ nowMs, jobs }: JobsScreen): Screen {
  const content = html`<h1>Jobs</h1>
    <p class="faint">A job replays, discards or reopens many letters. It works while a page or a command runs it.</p>
    ${jobs.length === 0 ? empty : jobTable(jobs, nowMs)}`;
  return { title: 'Jobs', part: 'jobs', nowMs, content };
}

const empty = html`<p class="empty">
  <strong>No job.</strong> A filter of the dead letters leads to one, with the button “Replay these” or “Discard these”.
</p>`;

/** Shows the newest jobs: first those that nobody has finished, and the others folded. Undefined if there are none. */
export function jobsSection(jobs: readonly Job[], nowMs: number): Html | undefined {
  if (jobs.length === 0) return undefined;
  const finished = jobs.filter((job) => isFinished(job, nowMs));
  const unfinished = jobs.filter((job) => !finished.includes(job));
  return html`<section aria-labelledby="jobs">
    <h2 id="jobs">
      Jobs <span class="count">${formatAmount(unfinished.length)} unfinished · <a href="${jobsPath}">all jobs</a></span>
    </h2>
    ${unfinished.length === 0 ? undefined : jobTable(unfinished, nowMs)}
    ${finished.length === 0 ? undefined : folded(finished, nowMs)}
  </section>`;
}

function isFinished(job: Job, nowMs: number): boolean {
  const state = shownState(job, nowMs);
  return state === 'done' || state === 'expired';
}

function folded(jobs: readonly Job[], nowMs: number): Html {
  return html`<details id="finished-jobs">
    <summary>${formatCount(jobs.length, 'finished job')}</summary>
    ${jobTable(jobs, nowMs, 'Finished jobs')}
  </details>`;
}

function jobTable(jobs: readonly Job[], nowMs: number, label = 'Jobs'): Html {
  return table({ label, columns: columns(nowMs), rows: jobs, idOf: ({ id }) => `job-${id}` });
}

function columns(nowMs: number): readonly PageColumn<Job>[] {
  return [
    { title: 'State', show: (job) => jobBadge(job, nowMs) },
    {
      title: 'Job',
      isName: true,
      show: ({ id, action, matched }) =>
        html`<a href="${jobPath(id)}" data-row>${action} ${formatCount(matched, 'letter')}</a>`,
    },
    { title: 'Progress', show: progressOf },
    { title: 'Of', kind: 'wide', show: ({ chosenBy }) => filterText(chosenBy) },
    { title: 'By', show: ({ by }) => by },
    { title: 'Planned', kind: 'stacked', show: ({ createdAtMs }) => timeAndDistance(rfc3339(createdAtMs), nowMs) },
  ];
}

export function jobBadge(job: Job, nowMs: number): Html {
  const state = shownState(job, nowMs);
  return html`<span class="badge job-${state}">${state}</span>`;
}

/** Shows how many letters of a job are left, as a bar with its numbers. */
export function progressOf(job: Job): Value {
  const { matched, left } = countJob(job);
  const done = matched - left;
  const text = `${formatAmount(done)} of ${formatAmount(matched)}`;
  return html`<progress max="${Math.max(1, matched)}" value="${done}" aria-label="${text}"></progress> ${text}`;
}

/** Spells the filter of a job, as its address has it. */
export function filterText(chosenBy: string): string {
  if (!chosenBy.includes('=')) return chosenBy === '' ? 'all letters' : chosenBy;
  return [...new URLSearchParams(chosenBy)].map(([name, value]) => `${name} ${value}`).join(' · ');
}
