import type { Series } from '../../../shared/views/activity.ts';
import type { GapsView } from '../../../shared/views/gap-view.ts';
import type { ReconciliationView } from '../../../shared/views/reconciliation-view.ts';
import type { FrontView, StreamView } from '../../../shared/views/stream-view.ts';
import { gapsSection } from './gaps-section.ts';
import { html, type Html } from './html.ts';
import type { Screen } from './layout.ts';
import { booksPath, lettersPath, streamPath } from './paths.ts';
import { plot } from './plot.ts';
import { reconciliationsSection } from './reconciliations-section.ts';
import { streamTable } from './streams-section.ts';
import { table } from './table.ts';
import { timeAndDistance } from './time.ts';

export interface StreamScreen {
  readonly nowMs: number;
  readonly view: StreamView;
  readonly gaps: GapsView;
  readonly reconciliations: readonly ReconciliationView[];
  readonly plots: readonly Series[];
}

/** Shows one stream: its progress, its activity over time, its other fronts, and its gaps. */
export function streamPage({ nowMs, view, gaps, reconciliations, plots }: StreamScreen): Screen {
  const content = html`<div data-follows="streams" data-stream="${view.stream}">
    <h1>Stream ${view.stream}</h1>
    ${streamTable([view], nowMs)} ${lookUp(view)}
    <section aria-labelledby="over-time">
      <h2 id="over-time">Over time</h2>
      <div class="plots">${plots.map(plot)}</div>
    </section>
    ${frontsSection(view, nowMs)} ${reconciliationsSection(reconciliations, nowMs)}
    ${view.unnumbered ? undefined : gapsSection([gaps], nowMs, `/api${streamPath(view.stream)}/gaps`)}
  </div>`;
  return { title: view.stream, nowMs, content };
}

/** A form that leads to the story of an id. */
function lookUp({ stream, unnumbered }: StreamView): Html {
  return html`<form class="inline" action="${streamPath(stream)}/ids" method="get">
    <label for="id">What became of ${unnumbered ? 'the uuid' : 'the id'}</label>
    <input id="id" name="id" required autocomplete="off" data-key="/" title="look for an id" />
    <button>Show</button>
    <a href="${booksPath(stream)}" data-key="b">Do the books balance?</a>
    <a href="${lettersPath}?state=open&stream=${encodeURIComponent(stream)}" data-key="m">Its open dead letters</a>
  </form>`;
}

function frontsSection({ fronts, outliers, outlierIds }: StreamView, nowMs: number): Html | undefined {
  if (fronts.length + outliers === 0) return undefined;
  return html`<section aria-labelledby="fronts">
    <h2 id="fronts">Elsewhere</h2>
    ${fronts.length > 0 ? frontTable(fronts, nowMs) : undefined}
    ${outliers > 0 ? html`<p>Outliers, from which nothing is concluded: ${outlierIds.join(', ')}</p>` : undefined}
  </section>`;
}

function frontTable(fronts: readonly FrontView[], nowMs: number): Html {
  return table({
    label: 'Other fronts',
    rows: fronts,
    idOf: ({ first }) => `front-${first}`,
    columns: [
      { title: 'Front', isName: true, show: ({ first, last }) => `${first}–${last}` },
      { title: 'Grew last', kind: 'wide', show: ({ grewAt }) => timeAndDistance(grewAt, nowMs) },
    ],
  });
}
