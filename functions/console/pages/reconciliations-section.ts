import { describeReconciliation, type ReconciliationView } from '../../../shared/views/reconciliation-view.ts';
import { html, type Html } from './html.ts';
import { streamLink } from './name.ts';
import { table } from './table.ts';

/** Shows how far streams were compared with lists of systems of record. Undefined if the catalog names no list. */
export function reconciliationsSection(views: readonly ReconciliationView[], nowMs: number): Html | undefined {
  if (views.length === 0) return undefined;
  return html`<section aria-labelledby="comparisons">
    <h2 id="comparisons">
      Comparisons <span class="count"><a href="/api/reconciliations">as JSON</a></span>
    </h2>
    ${table({
      label: 'Comparisons',
      rows: views,
      idOf: ({ stream, list }) => `comparison-${stream}-${list}`,
      columns: [
        { title: 'Stream', isName: true, show: ({ stream }) => streamLink(stream) },
        { title: 'Compared with the list of a system of record', kind: 'wide', show: (view) => described(view, nowMs) },
      ],
    })}
  </section>`;
}

function described(view: ReconciliationView, nowMs: number): Html {
  const text = describeReconciliation(view, nowMs);
  return view.trouble || view.lost ? html`<span class="caution">${text}</span>` : html`${text}`;
}
