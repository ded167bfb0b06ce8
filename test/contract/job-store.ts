import { randomUUID } from 'node:crypto';
import type { JobStore } from '../../shared/letter-ports.ts';
import { aJob } from '../support/jobs.ts';

/** Tests the behaviour that every store of jobs must have. */
export function describeJobStore(name: string, makeStore: () => Promise<JobStore>): void {
  describe(`${name} keeps jobs`, () => {
    let store: JobStore;
    beforeAll(async () => {
      store = await makeStore();
    });

    it('reads back a job, with a patch and without', async () => {
      for (const patch of [undefined, '[]']) {
        const job = aJob({ id: randomUUID(), patch });
        expect(await store.save(job, undefined)).toBe(true);
        expect((await store.find(job.id))?.value).toEqual(job);
      }
      expect(await store.find('none')).toBeUndefined();
    });

    it('saves a job only under the version that was read', async () => {
      const job = aJob({ id: randomUUID() });
      await store.save(job, undefined);
      const seen = (await store.find(job.id))!.version;
      expect(await store.save({ ...job, state: 'running' }, seen)).toBe(true);
      expect(await store.save({ ...job, state: 'stopped' }, seen)).toBe(false);
      expect(await store.save(job, undefined)).toBe(false);
      expect((await store.find(job.id))?.value.state).toBe('running');
    });

    it('keeps the parts of a plan apart, each under its own version', async () => {
      const job = aJob({ id: randomUUID() });
      const items = [{ id: 'a', revision: 1, result: 'invalid', why: 'no' } as const, { id: 'b', revision: 2 }];
      const part = { number: 1, items, isRun: true };
      expect(await store.savePart(job, part, undefined)).toBe(true);
      const found = (await store.findPart(job.id, 1))!;
      expect(found.value).toEqual(part);
      expect(await store.savePart(job, { ...part, items: [] }, found.version)).toBe(true);
      expect(await store.savePart(job, part, found.version)).toBe(false);
      expect(await store.findPart(job.id, 0)).toBeUndefined();
    });

    it('lists the newest jobs first', async () => {
      const late = 4_000_000_000_000 + Math.floor(performance.now());
      const ids = [randomUUID(), randomUUID(), randomUUID()];
      for (const [i, id] of ids.entries()) await store.save(aJob({ id, createdAtMs: late + i }), undefined);
      expect((await store.list(2)).map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    });
  });
}
