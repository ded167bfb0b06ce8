import { describeReconciliation, type ReconciliationView } from '../../../shared/views/reconciliation-view.ts';
import { html, type Html } from './html.ts';

/** Shows how far streams were compared with lists of systems of record. Undefined if the catalog names no list. */
export function reconciliationsSection(views: readonly ReconciliationView[], nowMs: number): Html | undefined {
  if (views.length === 0) return undefined;
  return html`<section aria-labelledby="comparisons">
    <h2 id="comparisons">
      Comparisons <span class="count"><a href="api/reconciliations">as JSON</a></span>
    </h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Stream</th>
            <th scope="col" class="wide">Compared with the list of a system of record</th>
          </tr>
        </thead>
        <tbody>
          ${views.map((view) => row(view, nowMs))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function row(view: ReconciliationView, nowMs: number): Html {
  return html`<tr>
    <th scope="row">${view.stream}</th>
    <td class="wide ${view.trouble || view.lost ? 'caution' : ''}">${describeReconciliation(view, nowMs)}</td>
  </tr>`;
}
