import { probeStream } from '../../../shared/probe.ts';
import { formatCount } from '../../../shared/views/format.ts';
import { concernsOf, type Concern, type LetterFacts } from '../../../shared/views/health.ts';
import type { Overview } from '../../../shared/views/load.ts';
import type { StreamView } from '../../../shared/views/stream-view.ts';
import { gapsSection } from './gaps-section.ts';
import { html, type Html } from './html.ts';
import type { Screen } from './layout.ts';
import { lettersSection } from './letters-section.ts';
import { streamPath } from './paths.ts';
import { reconciliationsSection } from './reconciliations-section.ts';
import { streamsSection, streamTable } from './streams-section.ts';

/** Shows whether all is well and why not, and below it every part of the pipeline. */
export function overviewPage(overview: Overview, letterFacts: LetterFacts): Screen {
  const { nowMs, gaps, letters, reconciliations, streams } = overview;
  const real = streams.filter(({ stream }) => stream !== probeStream);
  const content = html`${healthLine(concernsOf({ ...overview, letters: letterFacts }), overview)}
  ${streamsSection({ ...overview, streams: real })} ${reconciliationsSection(reconciliations, nowMs)}
  ${gapsSection(
    gaps.filter(({ stream }) => stream !== probeStream),
    nowMs,
  )}
  ${lettersSection(letters, nowMs)} ${probeSection(streams, nowMs)}`;
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
  return html`<a href="${stream === undefined ? `#${about}` : streamPath(stream)}">${text}</a>`;
}

/** Shows the stream of `eventmend probe` apart from the real ones. */
function probeSection(streams: readonly StreamView[], nowMs: number): Html | undefined {
  const probes = streams.filter(({ stream }) => stream === probeStream);
  if (probes.length === 0) return undefined;
  return html`<section aria-labelledby="probe">
    <h2 id="probe">Probe</h2>
    ${streamTable(probes, nowMs)}
  </section>`;
}
