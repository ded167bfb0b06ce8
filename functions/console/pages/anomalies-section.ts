import type { Anomaly } from '../../../shared/anomalies/anomaly.ts';
import { rfc3339 } from '../../../shared/views/format.ts';
import { html, type Html } from './html.ts';
import { name, streamLink } from './name.ts';
import { table } from './table.ts';
import { timeAndDistance } from './time.ts';

/** Shows the latest anomalies of the clean events. Undefined if there are none: the pipeline that finds them is optional. */
export function anomaliesSection(anomalies: readonly Anomaly[], nowMs: number): Html | undefined {
  if (anomalies.length === 0) return undefined;
  return html`<section aria-labelledby="anomalies">
    <h2 id="anomalies">
      Anomalies <span class="count"><a href="/api/anomalies">as JSON</a></span>
    </h2>
    ${table({
      label: 'Anomalies',
      rows: anomalies,
      idOf: ({ stream, type, startMs, measure }) => `anomaly-${stream}-${type}-${startMs}-${measure}`,
      columns: [
        { title: 'Stream', isName: true, show: ({ stream }) => (stream === '' ? unknown : streamLink(stream)) },
        { title: 'Type', show: ({ type }) => name(type) },
        { title: 'Measure', show: ({ measure }) => measure },
        { title: 'Value', kind: 'number', show: ({ value }) => value },
        { title: 'Expected', kind: 'number', show: ({ expected }) => expected },
        { title: 'Window', kind: 'wide', show: ({ startMs }) => timeAndDistance(rfc3339(startMs), nowMs) },
      ],
    })}
  </section>`;
}

const unknown = html`<span class="faint">unknown</span>`;
