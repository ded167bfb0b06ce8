import type { AuditEntry } from '../dead-letter/audit.ts';
import type { JobStore, JobVersions, StoredJobName } from '../letter-ports.ts';
import type { Job, JobPart } from '../operator/job.ts';
import type { Version, Versioned } from '../ports.ts';
import type { Step } from './steps.ts';
import { VersionedMap } from './versioned-map.ts';

/** Stores jobs in memory. */
export class EmbeddedJobStore implements JobStore {
  private readonly step: Step;
  private readonly audit: (entry: AuditEntry) => void;
  private readonly jobs = new VersionedMap<Job>();
  private readonly partsOfJobs = new VersionedMap<JobPart>();

  /** @param audit Receives the entry about a change of a job, as part of the write. */
  constructor(step: Step, audit: (entry: AuditEntry) => void = () => undefined) {
    this.step = step;
    this.audit = audit;
  }

  async find(id: string): Promise<Versioned<Job> | undefined> {
    await this.step();
    return this.jobs.get(id);
  }

  async save(job: Job, expected: Version | undefined, audited?: AuditEntry): Promise<boolean> {
    await this.step();
    const isSaved = this.jobs.put(job.id, job, expected) !== undefined;
    if (isSaved && audited) this.audit(audited);
    return isSaved;
  }

  async list(limit: number): Promise<readonly Job[]> {
    await this.step();
    const jobs = this.jobs.values().map(({ value }) => value);
    return jobs.toSorted((a, b) => b.createdAtMs - a.createdAtMs).slice(0, limit);
  }

  async findPart(id: string, number: number): Promise<Versioned<JobPart> | undefined> {
    await this.step();
    return this.partsOfJobs.get(`${id}/${number}`);
  }

  async planPart({ id }: StoredJobName, part: JobPart): Promise<boolean> {
    await this.step();
    return this.partsOfJobs.put(`${id}/${part.number}`, part, undefined) !== undefined;
  }

  async saveResults(job: Job, part: JobPart, expected: JobVersions): Promise<boolean> {
    await this.step();
    const isSeen = this.jobs.get(job.id)?.version === expected.job;
    if (!isSeen || this.partsOfJobs.put(`${job.id}/${part.number}`, part, expected.part) === undefined) return false;
    return this.jobs.put(job.id, job, expected.job) !== undefined;
  }
}
