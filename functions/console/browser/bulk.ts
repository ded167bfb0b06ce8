import { change, readAnswer, spellError } from './api.ts';
import { find, formatNumber, make, showText } from './dom.ts';
import { refresh } from './refresh.ts';
import { workOnJob, spellJob, stopJob, type BulkJob } from './run-job.ts';

interface Example {
  readonly stream?: string;
  readonly eventId?: number;
  readonly code: string;
  readonly detail: string;
}

type BulkAction = 'replay' | 'discard';

const trialSize = 10;
const examples = 3;
/** Replays or discards all letters that the filter of the page allows. It asks first, and begins with a few. */
export function startBulk(): void {
  const place = document.getElementById('bulk');
  const dialog = find('bulk-dialog', HTMLDialogElement);
  if (!place || !dialog) return;
  const bulk = new Bulk(Object.fromEntries(new URLSearchParams(place.dataset.query)), dialog);
  const on = (id: string, run: () => Promise<void>): void => {
    document.getElementById(id)?.addEventListener('click', () => void run());
  };
  on('bulk-replay', () => bulk.ask('replay'));
  on('bulk-discard', () => bulk.ask('discard'));
  on('bulk-plan', () => bulk.plan());
  on('bulk-go', () => bulk.go());
  on('bulk-stop', () => bulk.stop());
}

class Bulk {
  private readonly filter: Readonly<Record<string, string>>;
  private readonly dialog: HTMLDialogElement;
  private action: BulkAction = 'replay';
  private job: BulkJob | undefined;

  constructor(filter: Readonly<Record<string, string>>, dialog: HTMLDialogElement) {
    this.filter = filter;
    this.dialog = dialog;
  }

  /** Shows what the filter chooses, and asks for a patch or a note. */
  async ask(action: BulkAction): Promise<void> {
    [this.action, this.job] = [action, undefined];
    showText('bulk-title', action === 'replay' ? 'Replay letters' : 'Discard letters');
    const chosen = Object.entries(this.filter).map(([name, value]) => `${name} ${value}`);
    showText('bulk-filter', chosen.join(' · '));
    document.getElementById('bulk-patch-line')?.toggleAttribute('hidden', action !== 'replay');
    document.getElementById('bulk-note-line')?.toggleAttribute('hidden', action !== 'discard');
    showText('bulk-said', '');
    showText('bulk-job', '');
    this.offer(false);
    this.dialog.showModal();
    await this.report(async () => {
      const query = new URLSearchParams({ ...this.filter, limit: String(examples) });
      const { letters } = await readAnswer<{ letters: readonly Example[] }>(`/api/dead-letters?${query.toString()}`);
      const items = letters.map((one) => make('li', {}, spellExample(one)));
      document.getElementById('bulk-examples')?.replaceChildren(...items);
    });
  }

  /** Freezes the letters that the filter allows now, with their revisions. It changes nothing. */
  async plan(): Promise<void> {
    await this.report(async () => {
      const text = find('bulk-patch', HTMLTextAreaElement)?.value.trim() ?? '';
      const note = find('bulk-note', HTMLInputElement)?.value ?? '';
      const { action, filter } = this;
      const more = action === 'discard' ? { note } : text === '' ? {} : { patch: JSON.parse(text) as unknown };
      const rate = find('bulk-rate', HTMLInputElement)?.valueAsNumber ?? Number.NaN;
      const body = { action, filter, first: trialSize, ...(rate > 0 && { rate }), ...more };
      this.job = await change<BulkJob>('/api/jobs', { method: 'POST', body });
      showText('bulk-said', `${formatNumber(this.job.matched)} letters. Nothing has been changed yet.`);
      const link = make('a', { href: `/jobs/${this.job.id}` }, 'The page of the job');
      document.getElementById('bulk-job')?.replaceChildren(link, ' has its progress, and resumes it later.');
    });
  }

  /** Runs the job until it is done, pauses, or only waits for answers. A job that paused goes on. */
  async go(): Promise<void> {
    const { job } = this;
    if (!job) return;
    this.offer(true);
    await this.report(() =>
      workOnJob(job.id, (now) => {
        this.show(now);
      }),
    );
    this.offer(false);
    await this.report(refresh);
  }

  async stop(): Promise<void> {
    const { job } = this;
    if (job)
      await this.report(async () => {
        this.show(await stopJob(job.id));
      });
  }

  private show(job: BulkJob): void {
    this.job = job;
    showText('bulk-said', spellJob(job));
  }

  private offer(isRunning: boolean): void {
    const { job, action } = this;
    const verb = action === 'replay' ? 'Replay' : 'Discard';
    const first = job?.state === 'planned' ? `, ${Math.min(trialSize, job.matched)} first` : '';
    const [goOn, count] = [job?.state === 'planned' ? verb : 'Go on with', formatNumber(job?.left ?? 0)];
    showText('bulk-go', `${goOn} ${count}${first}`);
    const offered = {
      'bulk-plan': !job,
      'bulk-go': job !== undefined && job.left > 0 && !isRunning,
      'bulk-stop': isRunning,
    };
    for (const [id, isOffered] of Object.entries(offered))
      document.getElementById(id)?.toggleAttribute('hidden', !isOffered);
  }

  private async report(run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      const isPatch = error instanceof SyntaxError;
      showText('bulk-said', isPatch ? `The patch is not JSON: ${error.message}` : spellError(error));
    }
    this.offer(this.job?.state === 'running');
  }
}

function spellExample({ stream = 'no stream', eventId, code, detail }: Example): string {
  return `${stream} ${eventId ?? ''} · ${code} · ${detail}`;
}
