import type { Anomaly } from '../../../shared/anomalies/anomaly.ts';
import { probeStream } from '../../../shared/probe.ts';
import { formatAmount, formatCount } from '../../../shared/views/format.ts';
import type { Job } from '../../../shared/operator/job.ts';
import type { Series } from '../../../shared/views/activity.ts';
import { concernsOf, type Concern, type LetterFacts, type StreamBooks } from '../../../shared/views/health.ts';
import type { LetterHead } from '../../../shared/views/letter-head.ts';
import type { StatusView } from '../../../shared/views/load-status.ts';
import type { Overview } from '../../../shared/views/load.ts';
import type { StreamView } from '../../../shared/views/stream-view.ts';
import { anomaliesSection } from './anomalies-section.ts';
import { gapsSection } from './gaps-section.ts';
import { html, type Html } from './html.ts';
import type { Screen } from './layout.ts';
import { jobsSection } from './jobs-page.ts';
import { letterTable } from './letter-table.ts';
import { booksPath, lettersPath, streamPath } from './paths.ts';
import { plot } from './plot.ts';
import { reconciliationsSection } from './reconciliations-section.ts';
import { streamsSection, streamTable } from './streams-section.ts';

/** The dead letters on the overview. */
export interface OverviewLetters {
  /** The newest open ones, and then the newest others. */
  readonly first: readonly LetterHead[];
  readonly figures: StatusView['letters'];
  readonly facts: LetterFacts;
}

/** The parts of the overview besides streams and gaps. */
export interface OverviewParts {
  readonly letters: OverviewLetters;
  /** The books as they were counted last. */
  readonly books: readonly StreamBooks[];
  readonly anomalies: readonly Anomaly[];
  /** The newest jobs. */
  readonly jobs: readonly Job[];
  readonly plots: readonly Series[];
}

/** Shows whether all is well and why not, and below it every part of the pipeline. */
export function overviewPage(overview: Overview, { letters, books, anomalies, jobs, plots }: OverviewParts): Screen {
  const { nowMs, gaps, reconciliations, streams } = overview;
  const real = streams.filter(({ stream }) => stream !== probeStream);
  const content = html`<div data-follows="letters streams">
    ${healthLine(concernsOf({ ...overview, letters: letters.facts, books }), overview)}
    ${streamsSection({ ...overview, streams: real })} ${overTime(plots)} ${real.length > 0 ? booksSection : undefined}
    ${reconciliationsSection(reconciliations, nowMs)} ${anomaliesSection(anomalies, nowMs)}
    ${gapsSection(
      gaps.filter(({ stream }) => stream !== probeStream),
      nowMs,
      '/api/gaps',
    )}
    ${lettersSection(letters, nowMs)} ${jobsSection(jobs, nowMs)} ${probeSection(streams, nowMs)}
  </div>`;
  return { title: 'Overview', part: 'overview', nowMs, content };
}

/** Says in one line whether all is well, and lists why not. */
function healthLine(concerns: readonly Concern[], { gaps }: Overview): Html {
  const asked = gaps.reduce((sum, { unresolved }) => sum + unresolved, 0);
  const [first, ...others] = concerns;
  if (!first) {
    const more = asked > 0 ? ` ${formatCount(asked, 'gap')} not resolved yet, within the deadline.` : '';
    return html`<div class="health well">
      <h1>All is well.</h1>
      ${more}
    </div>`;
  }
  return html`<div class="health not-well">
    <h1>Not well: ${concernLink(first)}</h1>
    ${
      others.length > 0
        ? html`<ul>
            ${others.map((each) => html`<li>${concernLink(each)}</li>`)}
          </ul>`
        : undefined
    }
  </div>`;
}

function concernLink({ about, stream, text }: Concern): Html {
  const path = stream === undefined ? `${lettersPath}?state=open` : streamPath(stream);
  return html`<a href="${about === 'books' && stream !== undefined ? booksPath(stream) : path}">${text}</a>`;
}

/** The books of the streams, which the script fills. */
const booksSection = html`<section aria-labelledby="books">
  <h2 id="books">Books</h2>
  <div id="books-said" data-keep><p class="faint">Counting …</p></div>
</section>`;

function overTime(plots: readonly Series[]): Html | undefined {
  const shown = plots.filter(({ layers }) => layers.length > 0);
  if (shown.length === 0) return undefined;
  return html`<section aria-labelledby="over-time">
    <h2 id="over-time">Over time</h2>
    <div class="plots">${shown.map(plot)}</div>
  </section>`;
}

/** Counts the letters by state, and shows the first of them. */
function lettersSection({ first, figures }: OverviewLetters, nowMs: number): Html {
  const counts = Object.entries(figures.byState).map(([state, { count, isMore }]) => {
    const amount = `${formatAmount(count)}${isMore ? '+' : ''}`;
    return html`<a class="badge ${state}" href="${lettersPath}?state=${state}">${state} ${amount}</a> `;
  });
  return html`<section aria-labelledby="letters">
    <h2 id="letters">Dead letters <span class="count">${counts}</span></h2>
    ${first.length === 0 ? noLetter : letterTable(first, nowMs)}
  </section>`;
}

const noLetter = html`<p class="empty">
  <strong>No dead letter.</strong> An event that cannot be corrected is filed here, as the producer sent it, with a code
  that names the problem.
</p>`;

/** Shows the stream of `eventmend probe` apart from the real ones. */
function probeSection(streams: readonly StreamView[], nowMs: number): Html | undefined {
  const probes = streams.filter(({ stream }) => stream === probeStream);
  if (probes.length === 0) return undefined;
  return html`<section aria-labelledby="probe">
    <h2 id="probe">Probe</h2>
    ${streamTable(probes, nowMs)}
  </section>`;
}
