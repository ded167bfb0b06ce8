import { writeReconcileRequest } from '../../shared/reconciliation/reconcile-request.ts';
import { isRunDue, latenessMs } from '../../shared/reconciliation/reconciliation.ts';
import { runLimited } from '../../shared/run-limited.ts';
import type { SweepPorts } from './deps.ts';

/** The number of states that are read at a time. */
const statesAtOnce = 20;

type SendDeps = Pick<SweepPorts, 'catalog' | 'clock' | 'log' | 'reconciliations' | 'publisher'>;

/**
 * Asks for the comparisons of streams with lists that are due. The catalog names them, so a stream from which nothing
 * has ever come is compared too: a webhook that broke is silent.
 */
export async function sendReconciliations({
  catalog,
  clock,
  log,
  reconciliations,
  publisher,
}: SendDeps): Promise<void> {
  await runLimited(catalog.lists, statesAtOnce, async (list) => {
    const { stream, name } = list;
    const stored = await reconciliations.find(stream, name);
    const nowMs = clock.now();
    if (!isRunDue(stored?.value, nowMs)) return;
    const lateMs = stored ? latenessMs(stored.value, list, nowMs) : 0;
    log.compared({ stream, list: name, lateSeconds: Math.round(lateMs / 1_000) });
    await publisher.publish('reprocess-requests', writeReconcileRequest(list));
  });
}
