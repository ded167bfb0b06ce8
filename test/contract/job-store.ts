import { randomUUID } from 'node:crypto';
import type { AuditTrail, JobStore } from '../../shared/letter-ports.ts';
import { withPart } from '../../shared/operator/job.ts';
import { aJob } from '../support/jobs.ts';

/** A store of jobs, and the audit trail that it writes to. */
interface StoresOfJobs {
  readonly jobs: JobStore;
  readonly auditTrail: AuditTrail;
}

/** Tests the behaviour that every store of jobs must have. */
export function describeJobStore(name: string, makeStores: () => Promise<StoresOfJobs>): void {
  describe(`${name} keeps jobs`, () => {
    let store: JobStore;
    let auditTrail: AuditTrail;
    beforeAll(async () => {
      ({ jobs: store, auditTrail } = await makeStores());
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

    it('writes the entry about a change into the audit trail, unless the change is not made', async () => {
      const job = aJob({ id: randomUUID() });
      const before = await auditTrail.latest();
      const told = { letter: undefined, job: job.id, by: 'ana', note: 'replay of 3 letters' };
      const entry = { ...told, atMs: job.createdAtMs };
      expect(await store.save(job, undefined, { ...entry, did: 'planned a job' })).toBe(true);
      const { version } = (await store.find(job.id))!;
      expect(await store.save({ ...job, state: 'running' }, version, { ...entry, did: 'ran a job' })).toBe(true);
      expect(await store.save(job, version, { ...entry, did: 'stopped a job' })).toBe(false);
      const written = (await auditTrail.since(before, 10))!.filter((one) => one.entry.job === job.id);
      expect(written.map((one) => one.entry)).toMatchObject([
        { ...told, did: 'planned a job' },
        { ...told, did: 'ran a job' },
      ]);
    });

    it('keeps the parts of a plan apart, each under its own version', async () => {
      const job = aJob({ id: randomUUID() });
      const items = [{ id: 'a', revision: 1, result: 'invalid', why: 'no' } as const, { id: 'b', revision: 2 }];
      const part = { number: 1, items, isRun: true };
      expect(await store.planPart(job, part)).toBe(true);
      expect(await store.planPart(job, { ...part, items: [] })).toBe(false);
      expect((await store.findPart(job.id, 1))?.value).toEqual(part);
      expect(await store.findPart(job.id, 0)).toBeUndefined();
    });

    it.each(['neither', 'job', 'part'] as const)('saves results and sums together: changed was %s', async (changed) => {
      const job = aJob({ id: randomUUID(), matched: 1 });
      const part = { number: 0, items: [{ id: 'a', revision: 1 }], isRun: false };
      await store.planPart(job, part);
      await store.save(job, undefined);
      const versions = {
        job: (await store.find(job.id))!.version,
        part: (await store.findPart(job.id, 0))!.version,
      };
      const run = { ...part, items: [{ id: 'a', revision: 1, result: 'done' as const }], isRun: true };
      if (changed === 'job') await store.save({ ...job, state: 'stopped' }, versions.job);
      const other = { ...part, items: [{ id: 'a', revision: 2 }] };
      if (changed === 'part') await store.saveResults(job, other, versions);
      const now = changed === 'part' ? { ...versions, job: (await store.find(job.id))!.version } : versions;
      const isSaved = changed === 'neither';
      expect(await store.saveResults(withPart(job, part, run), run, now)).toBe(isSaved);
      expect((await store.findPart(job.id, 0))?.value).toEqual(isSaved ? run : changed === 'part' ? other : part);
      expect((await store.find(job.id))?.value).toMatchObject({
        partsRun: isSaved ? 1 : 0,
        results: { done: isSaved ? 1 : 0 },
      });
    });

    it('lists the newest jobs first', async () => {
      const late = 4_000_000_000_000 + Math.floor(performance.now());
      const ids = [randomUUID(), randomUUID(), randomUUID()];
      for (const [i, id] of ids.entries()) await store.save(aJob({ id, createdAtMs: late + i }), undefined);
      expect((await store.list(2)).map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    });
  });
}
