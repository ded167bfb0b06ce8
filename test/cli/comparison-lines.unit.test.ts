import { comparisonLines } from '../../cli/screen/comparison-lines.ts';
import { loadReconciliations } from '../../shared/views/reconciliation-view.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { stripe } from '../../shared/catalog-api.ts';
import { EmbeddedReconciliationStore } from '../../shared/embedded/reconciliation-store.ts';
import { atOnce, minuteMs, noon } from '../support/builders.ts';

const catalog = makeCatalog({
  sources: { 'pay-hooks': { stream: 'pay', fields: stripe() } },
  streams: { pay: { list: { system: 'stripe', types: ['charge.succeeded'] } } },
});

async function linesOf(state?: object): Promise<string> {
  const reconciliations = new EmbeddedReconciliationStore(atOnce);
  const begun = { sinceMs: 0, checkpointMs: noon, deepAtMs: 0, startedAtMs: noon, missing: 0, unreadable: 0 };
  if (state) await reconciliations.save('pay', 'stripe', { ...begun, ...state }, undefined);
  const nowMs = noon + 10 * minuteMs;
  return comparisonLines(await loadReconciliations({ reconciliations, catalog, clock: { now: () => nowMs } }), nowMs);
}

it('a stream with a list has a line before its first comparison', async () => {
  expect(await linesOf()).toBe('\n  pay: not yet compared with stripe\n');
});

it('says up to when a stream was compared, and what was missing', async () => {
  const counts = { items: 40, missing: 2, unreadable: 0 };
  const last = { fromMs: noon - minuteMs, toMs: noon, isDeep: false, ...counts, atMs: noon + 5 * minuteMs };
  const line = await linesOf({ last, missing: 3 });
  expect(line).toBe(
    '\n  pay: compared with stripe up to 2025-02-09T12:00:00.000Z, 5 min ago: 2 of 40 items missing. 3 events recovered so far\n',
  );
});

it('says since when there is trouble', async () => {
  const line = await linesOf({ trouble: { what: 'stripe: answered 500', sinceMs: noon } });
  expect(line).toContain('no comparison since 10 min ago (stripe: answered 500)');
});

it('there is no line where no stream has a list', () => {
  expect(comparisonLines([], noon)).toBe('');
});
