import type { CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { Reconciliation } from '../../shared/reconciliation/reconciliation.ts';
import { stripe } from '../../shared/sources/presets.ts';
import { ConsoleUnderTest, noon } from './builders.ts';

const catalog: CatalogDefinition = {
  sources: { 'pay-hooks': { stream: 'pay', fields: stripe() } },
  streams: { pay: { list: { system: 'stripe', types: ['charge.succeeded'], accounts: ['own', 'acct_1'] } } },
};
const hourMs = 3_600_000;
const state: Reconciliation = {
  sinceMs: noon - 9 * hourMs,
  checkpointMs: noon - hourMs,
  deepAtMs: noon - 9 * hourMs,
  startedAtMs: noon,
  missing: 3,
  unreadable: 0,
  last: {
    fromMs: noon - 2 * hourMs,
    toMs: noon - hourMs,
    isDeep: false,
    items: 48,
    missing: 1,
    unreadable: 0,
    atMs: noon,
  },
};

/** The page as text, and the JSON, of a console whose stores have some states by the name of their lists. */
async function shown(states: Readonly<Record<string, Reconciliation>>, definition = catalog) {
  const under = new ConsoleUnderTest(definition);
  for (const [name, one] of Object.entries(states)) await under.reconciliations.save('pay', name, one, undefined);
  const { body } = await under.get('/');
  return { page: body.replaceAll(/\s+/g, ' '), json: await under.getJson('/api/reconciliations') };
}

test('a comparison is shown with its time, and with what was missing', async () => {
  const { page, json } = await shown({ stripe: state });
  expect(page).toContain(
    'compared with stripe up to 2025-02-09T11:00:00.000Z, 1 min ago: 1 of 48 items missing. 3 events recovered so far',
  );
  expect(json).toMatchObject({
    reconciliations: [
      { stream: 'pay', list: 'stripe', comparedUpTo: '2025-02-09T11:00:00.000Z', lastMissing: 1, missing: 3 },
      { stream: 'pay', list: 'stripe.acct_1', missing: 0 },
    ],
  });
  expect(page).toContain('not yet compared with stripe.acct_1');
});

test('what could not be compared is shown, with the reason and when events are lost', async () => {
  const { page } = await shown({
    stripe: {
      ...state,
      unreadable: 2,
      lost: { fromMs: noon - 8 * hourMs, toMs: noon - 7 * hourMs },
      trouble: { what: 'stripe: answered 500', sinceMs: noon - 2 * hourMs },
    },
  });
  expect(page).toContain('2 items without a readable key or time, not compared');
  expect(page).toContain('2025-02-09T04:00:00.000Z to 2025-02-09T05:00:00.000Z could not be compared any more');
  // The stream remembers 14 days, and a day of them is kept free.
  expect(page).toContain(
    'no comparison since 2 h ago (stripe: answered 500); from 2025-02-22T11:00:00.000Z on, events are lost',
  );
});

test('nothing is shown if the catalog names no list', async () => {
  const { page, json } = await shown({}, {});
  expect([page.includes('Comparisons'), json]).toEqual([false, { reconciliations: [] }]);
});
