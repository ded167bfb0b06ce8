import type { DocumentReference } from '@google-cloud/firestore';
import { z } from 'zod';
import type { AuditEntry } from '../dead-letter/audit.ts';
import type { JobStore, JobVersions, StoredJobName } from '../letter-ports.ts';
import { jobActions, jobResults, jobRetentionMs, type Job, type JobPart } from '../operator/job.ts';
import type { Version, Versioned } from '../ports.ts';
import { auditFields } from './audit-document.ts';
import type { Database } from './clients.ts';
import { commitIf, expiry, present, replaced, saveIf, updateTimeOf, versionIn, type Fields } from './document.ts';

const jobSchema = z.object({
  id: z.string(),
  by: z.string(),
  runBy: z.string().optional(),
  action: z.enum(jobActions),
  note: z.string(),
  patch: z.string().optional(),
  replace: z.boolean(),
  chosenBy: z.string(),
  createdAtMs: z.number(),
  state: z.enum(['planned', 'running', 'paused', 'stopped', 'done']),
  matched: z.number(),
  parts: z.number(),
  rate: z.number(),
  isTried: z.boolean(),
  tolerated: z.number(),
  partsRun: z.number(),
  unanswered: z.array(z.number()),
  results: z.record(z.enum(jobResults), z.number()),
});
const partSchema = z.object({
  number: z.number(),
  items: z.array(
    z.object({
      id: z.string(),
      revision: z.number(),
      result: z.enum(jobResults).optional(),
      why: z.string().optional(),
    }),
  ),
  isRun: z.boolean(),
});

/** The maximum length of a reason, so that a part fits into a document of 1 MiB. */
const maxWhy = 500;

/** Stores jobs in Firestore: `jobs/{id}` and `jobs/{id}/parts/{number}`. They expire. */
export class FirestoreJobStore implements JobStore {
  private readonly database: Database<'letters'>;

  constructor(database: Database<'letters'>) {
    this.database = database;
  }

  async find(id: string): Promise<Versioned<Job> | undefined> {
    const found = await this.read(this.job(id), 'job');
    if (!found) return undefined;
    const job = jobSchema.parse(found.value);
    return { value: { ...job, patch: job.patch }, version: found.version };
  }

  async save(job: Job, expected: Version | undefined, audited?: AuditEntry): Promise<boolean> {
    const [document, fields] = [this.job(job.id), this.jobFields(job)];
    return commitIf(this.database, 'saving a job', (batch) => {
      if (expected === undefined) batch.create(document, present(fields));
      else batch.update(document, replaced(fields), { lastUpdateTime: updateTimeOf(expected) });
      if (audited) batch.create(this.database.collection('audit').doc(), auditFields(audited));
    });
  }

  async list(limit: number): Promise<readonly Job[]> {
    const query = this.database.collection('jobs').orderBy('createdAtMs', 'desc').limit(limit);
    const { docs } = await this.database.calls.run('listing jobs', () => query.get());
    return docs.map((one) => {
      const job = jobSchema.parse(one.data());
      return { ...job, patch: job.patch };
    });
  }

  async findPart(id: string, number: number): Promise<Versioned<JobPart> | undefined> {
    const found = await this.read(this.part(id, number), 'part of a job');
    return found && { value: partSchema.parse(JSON.parse(String(found.value.part))), version: found.version };
  }

  async planPart(job: StoredJobName, part: JobPart): Promise<boolean> {
    return saveIf(this.database, this.part(job.id, part.number), this.partFields(job, part), undefined);
  }

  async saveResults(job: Job, part: JobPart, expected: JobVersions): Promise<boolean> {
    return commitIf(this.database, 'saving the results of a job', (batch) => {
      const [jobTime, partTime] = [updateTimeOf(expected.job), updateTimeOf(expected.part)];
      batch.update(this.job(job.id), replaced(this.jobFields(job)), { lastUpdateTime: jobTime });
      const document = this.part(job.id, part.number);
      batch.update(document, replaced(this.partFields(job, part)), { lastUpdateTime: partTime });
    });
  }

  private jobFields(job: Job): Fields {
    return { ...job, expireAt: this.expireAt(job.createdAtMs) };
  }

  /** A part is text, because its items have members that Firestore cannot store, and it is always read as a whole. */
  private partFields({ createdAtMs }: StoredJobName, part: JobPart): Fields {
    const items = part.items.map((item) => ({ ...item, why: item.why?.slice(0, maxWhy) }));
    return { part: JSON.stringify({ ...part, items }), expireAt: this.expireAt(createdAtMs) };
  }

  private async read(document: DocumentReference, what: string) {
    const snapshot = await this.database.calls.run(`reading a ${what}`, () => document.get());
    const version = versionIn(snapshot);
    return version === undefined ? undefined : { value: snapshot.data() ?? {}, version };
  }

  private expireAt(createdAtMs: number) {
    return expiry(createdAtMs + jobRetentionMs);
  }

  private job(id: string): DocumentReference {
    return this.database.collection('jobs').doc(id);
  }

  private part(id: string, number: number): DocumentReference {
    return this.job(id).collection('parts').doc(String(number));
  }
}
