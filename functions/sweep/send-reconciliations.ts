import { writeReconcileRequest } from '../../shared/reconciliation/reconcile-request.ts';
import { isRunDue } from '../../shared/reconciliation/reconciliation.ts';
import { runLimited } from '../../shared/run-limited.ts';
import type { SweepPorts } from './deps.ts';

/** The number of states that are read at a time. */
const statesAtOnce = 20;

type SendDeps = Pick<SweepPorts, 'catalog' | 'clock' | 'reconciliations' | 'publisher'>;

/**
 * Asks for the comparisons of streams with lists that are due. The catalog names them, so a stream from which nothing
 * has ever come is compared too: a webhook that broke is silent.
 */
export async function sendReconciliations({ catalog, clock, reconciliations, publisher }: SendDeps): Promise<void> {
  await runLimited(catalog.lists, statesAtOnce, async (list) => {
    const stored = await reconciliations.find(list.stream, list.name);
    if (isRunDue(stored?.value, clock.now()))
      await publisher.publish('reprocess-requests', writeReconcileRequest(list));
  });
}
