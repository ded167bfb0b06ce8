import { countJob, isExpiredPlan, type Job, type JobItem } from '../../../shared/operator/job.ts';
import { spellSums } from '../../../shared/operator/job-sums.ts';
import { formatAmount, rfc3339 } from '../../../shared/views/format.ts';
import { html, type Html, type Value } from './html.ts';
import { filterText, jobBadge, progressOf } from './jobs-page.ts';
import type { Screen } from './layout.ts';
import { shortText } from './name.ts';
import { jobsPath, letterPath, lettersPath } from './paths.ts';
import { dash, table } from './table.ts';
import { timeAndDistance } from './time.ts';
import { viewerNote } from './viewer-note.ts';

export interface JobScreen {
  readonly nowMs: number;
  readonly job: Job;
  /** The first letters that were not changed as planned, at most {@link maxTroubled}. */
  readonly troubled: readonly TroubledItem[];
  /** The patch of the job, with its personal values masked. */
  readonly patch: string | undefined;
  readonly isOperator: boolean;
}

/** The results that somebody should look at, with how they are spelt. */
const troubles = {
  cameBack: 'came back',
  invalid: 'invalid',
  changed: 'changed by somebody else',
  skipped: 'skipped',
} as const;
/** A letter of a plan that was not changed as planned. */
export type TroubledItem = JobItem & { readonly result: keyof typeof troubles };
export const maxTroubled = 200;

/** Shows one job: its sums, what can be done with it, and the letters that were not changed as planned. */
export function jobPage({ nowMs, job, troubled, patch, isOperator }: JobScreen): Screen {
  const content = html`<p class="crumbs"><a href="${jobsPath}">Jobs</a></p>
    <h1>${jobBadge(job, nowMs)} ${job.action} ${formatAmount(job.matched)} letters</h1>
    <dl class="facts">${facts(job, patch, nowMs)}</dl>
    ${isOperator ? work(job) : viewerNote('run and stop jobs')}
    <section aria-labelledby="troubled">
      <h2 id="troubled">
        Not changed as planned <span class="count">${formatAmount(countOf(job))} ${cut(job, troubled.length)}</span>
      </h2>
      ${troubled.length === 0 ? html`<p class="faint">None so far.</p>` : troubleTable(troubled)}
    </section>`;
  return { title: `Job ${job.id}`, part: 'jobs', nowMs, content };
}

/** The part of the page that belongs to the script. */
function work(job: Job): Html {
  return html`<p class="inline" id="job" data-keep data-job="${job.id}">
    <button type="button" id="job-run" data-key="r" title="run the job, or let it go on">${runText(job)}</button>
    <button type="button" id="job-stop" data-key="s" title="stop the job">Stop</button>
    <span id="job-said" role="status"></span>
  </p>`;
}

export function isTroubled(item: JobItem): item is TroubledItem {
  return item.result !== undefined && item.result in troubles;
}

function runText({ state }: Job): string {
  return state === 'planned' ? 'Run' : 'Go on';
}

function countOf({ results: { cameBack, invalid, changed, skipped } }: Job): number {
  return cameBack + invalid + changed + skipped;
}

function cut(job: Job, shown: number): Value {
  if (countOf(job) <= shown) return undefined;
  return html`· ${formatAmount(shown)} shown · <a href="/api/jobs/${job.id}/results">all as JSON</a>`;
}

function facts(job: Job, patch: string | undefined, nowMs: number): Html {
  const rows: readonly (readonly [string, Value])[] = [
    ['progress', progressOf(job)],
    ['sums', spellSums(job.action, countJob(job), ' · ')],
    ['letters', chosen(job)],
    ['planned', html`${timeAndDistance(rfc3339(job.createdAtMs), nowMs)} by ${job.by}`],
    ...(job.runBy === undefined ? [] : [['run by', job.runBy] as const]),
    ['rate', `at most ${job.rate} letters a second`],
    ...(job.note === '' ? [] : [['note', shortText(job.note)] as const]),
    ...(patch === undefined ? [] : [['patch', html`<code>${shortText(patch)}</code>`] as const]),
    ...(isExpiredPlan(job, nowMs) ? [['expired', 'Nobody ran it within an hour. Plan the job again.'] as const] : []),
    ...(job.state === 'paused'
      ? [['paused', 'Many came back or are invalid. Look at them before it goes on.'] as const]
      : []),
  ];
  return html`${rows.map(
    ([name, value]) =>
      html`<dt>${name}</dt>
        <dd>${value}</dd>`,
  )}`;
}

/** Leads to the letters that the filter of the job allows now. */
function chosen({ chosenBy }: Job): Value {
  if (!chosenBy.includes('=')) return filterText(chosenBy);
  return html`<a href="${lettersPath}?${chosenBy}">${filterText(chosenBy)}</a>`;
}

function troubleTable(items: readonly TroubledItem[]): Html {
  return table({
    label: 'Letters that were not changed as planned',
    rows: items,
    idOf: ({ id }) => `item-${id}`,
    columns: [
      { title: 'Letter', isName: true, show: ({ id }) => html`<a href="${letterPath(id)}" data-row>${id}</a>` },
      { title: 'Result', show: ({ result }) => troubles[result] },
      { title: 'Why', kind: 'wide', show: ({ why }) => (why === undefined ? dash : shortText(why)) },
    ],
  });
}
