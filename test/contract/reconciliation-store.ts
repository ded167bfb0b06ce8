import { randomUUID } from 'node:crypto';
import type { ReconciliationStore } from '../../shared/ports.ts';
import type { Reconciliation } from '../../shared/reconciliation/reconciliation.ts';

const counts = { items: 3, missing: 1, unreadable: 0 };
const begun: Reconciliation = {
  sinceMs: 1_000,
  checkpointMs: 2_000,
  deepAtMs: 3_000,
  startedAtMs: 4_000,
  missing: 0,
  unreadable: 0,
};
/** A state with every member that a state can have. */
export const fullReconciliation: Reconciliation = {
  ...begun,
  leaseUntilMs: 5_000,
  reading: { fromMs: 1_000, toMs: 2_000, isDeep: true, cursor: 'evt_1', ...counts },
  last: { fromMs: 0, toMs: 1_000, isDeep: false, ...counts, atMs: 4_500 },
  lost: { fromMs: 0, toMs: 500 },
  trouble: { what: 'stripe: answered 500', sinceMs: 4_600 },
};

/** Tests the behaviour that every store of reconciliations must have. */
export function describeReconciliationStore(name: string, makeStore: () => Promise<ReconciliationStore>): void {
  describe(`${name} keeps how far a stream was compared`, () => {
    let store: ReconciliationStore;
    let stream: string;
    beforeAll(async () => {
      store = await makeStore();
    });
    beforeEach(() => {
      stream = `stream-${randomUUID()}`;
    });

    it('by stream and list, and knows nothing of others', async () => {
      await store.save(stream, 'stripe', begun, undefined);
      expect(await store.find(stream, 'stripe')).toMatchObject({ value: begun });
      expect(await store.find(stream, 'stripe.acct_1')).toBeUndefined();
      expect(await store.find(`${stream}-other`, 'stripe')).toBeUndefined();
    });

    it('with every member, and without those that a later state lacks', async () => {
      const version = await store.save(stream, 'stripe', fullReconciliation, undefined);
      expect((await store.find(stream, 'stripe'))?.value).toEqual(fullReconciliation);
      expect(await store.save(stream, 'stripe', begun, version)).toEqual(expect.any(String));
      expect((await store.find(stream, 'stripe'))?.value).toEqual(begun);
    });

    it('without a cursor before the first page', async () => {
      const reading = { fromMs: 1_000, toMs: 2_000, isDeep: false, ...counts };
      await store.save(stream, 'stripe', { ...begun, reading: { ...reading, cursor: undefined } }, undefined);
      expect((await store.find(stream, 'stripe'))?.value.reading).toEqual(reading);
    });

    it('for the first of two runs that take the lease at the same time', async () => {
      const outcomes = await Promise.all(
        [1, 2].map((startedAtMs) => store.save(stream, 'stripe', { ...begun, startedAtMs }, undefined)),
      );
      expect(outcomes.filter((version) => version !== undefined)).toHaveLength(1);
    });

    it('only under the version that was read', async () => {
      const first = await store.save(stream, 'stripe', begun, undefined);
      const second = await store.save(stream, 'stripe', { ...begun, checkpointMs: 9_000 }, first);
      expect(await store.save(stream, 'stripe', begun, first)).toBeUndefined();
      expect(await store.find(stream, 'stripe')).toMatchObject({ value: { checkpointMs: 9_000 }, version: second });
    });
  });
}
