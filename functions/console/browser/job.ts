import { readAnswer, spellError } from './api.ts';
import { find, showText } from './dom.ts';
import { refresh } from './refresh.ts';
import { workOnJob, spellJob, stopJob, type BulkJob } from './run-job.ts';

/** Lets an operator run, stop and resume the job of a page. */
export function startJob(): void {
  const id = document.getElementById('job')?.dataset.job;
  if (id === undefined) return;
  const page = new JobWork(id);
  document.getElementById('job-run')?.addEventListener('click', () => void page.run());
  document.getElementById('job-stop')?.addEventListener('click', () => void page.stop());
  void page.look();
}

class JobWork {
  private readonly id: string;
  private job: BulkJob | undefined;
  private isRunning = false;

  constructor(id: string) {
    this.id = id;
  }

  async look(): Promise<void> {
    await this.report(async () => {
      this.show(await readAnswer<BulkJob>(`/api/jobs/${this.id}`));
    });
  }

  async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    showText('job-said', 'Running …');
    await this.report(() =>
      workOnJob(this.id, (job) => {
        this.show(job);
        showText('job-said', spellJob(job));
      }),
    );
    this.isRunning = false;
    this.offer();
    await this.report(refresh);
  }

  async stop(): Promise<void> {
    await this.report(async () => {
      this.show(await stopJob(this.id));
      showText('job-said', 'Stopped. It can go on later.');
      await refresh();
    });
  }

  private show(job: BulkJob): void {
    this.job = job;
    this.offer();
  }

  /** Offers what the state of the job allows. A job that says it is running may have lost the page that ran it. */
  private offer(): void {
    const { state, left = 0 } = this.job ?? {};
    const canRun = state !== undefined && state !== 'done' && state !== 'expired' && left > 0 && !this.isRunning;
    find('job-run', HTMLButtonElement)?.toggleAttribute('hidden', !canRun);
    find('job-stop', HTMLButtonElement)?.toggleAttribute('hidden', state !== 'running');
  }

  private async report(run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      showText('job-said', spellError(error));
    }
  }
}
