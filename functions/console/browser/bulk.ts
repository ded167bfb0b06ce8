import { change, readAnswer, spellError } from './api.ts';
import { find, formatNumber, make, showText } from './dom.ts';
import { refresh } from './refresh.ts';

/** A job as the API answers it: a plan that the console has frozen, and its sums. All but `matched` add up to it. */
interface BulkJob extends Readonly<Record<BulkSum, number>> {
  readonly id: string;
  readonly state: 'planned' | 'running' | 'paused' | 'stopped' | 'done';
  readonly matched: number;
}

const bulkSums = ['published', 'done', 'cameBack', 'invalid', 'changed', 'skipped', 'left'] as const;
type BulkSum = (typeof bulkSums)[number];

interface Example {
  readonly stream?: string;
  readonly eventId?: number;
  readonly code: string;
  readonly detail: string;
}

type BulkAction = 'replay' | 'discard';

const trialSize = 10;
const examples = 3;
const lookEveryMs = 1_000;
/** The number of calls in a row that may bring nothing new, while replays wait for their answers. */
const maxIdleCalls = 2;

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
    });
  }

  /** Runs the job until it is done, pauses, or only waits for answers. A job that paused goes on. */
  async go(): Promise<void> {
    const { job } = this;
    if (!job) return;
    this.offer(true);
    const path = `/api/jobs/${job.id}`;
    const looking = setInterval(
      () =>
        void this.report(async () => {
          this.show(await readAnswer<BulkJob>(path));
        }),
      lookEveryMs,
    );
    await this.report(async () => {
      for (let idle = 0; idle < maxIdleCalls;) {
        const before = this.job?.left;
        this.show(await change<BulkJob>(`${path}/run`, { method: 'POST' }));
        if (this.job?.state !== 'running') break;
        idle = this.job.left === before ? idle + 1 : 0;
      }
    });
    clearInterval(looking);
    this.offer(false);
    await this.report(refresh);
  }

  async stop(): Promise<void> {
    const { job } = this;
    if (job)
      await this.report(async () => {
        this.show(await change<BulkJob>(`/api/jobs/${job.id}/stop`, { method: 'POST' }));
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

function spellJob(job: BulkJob): string {
  const sums = bulkSums
    .filter((name) => job[name] > 0)
    .map((name) => `${formatNumber(job[name])} ${name === 'cameBack' ? 'came back' : name}`);
  const paused = job.state === 'paused' ? '. It paused, because many came back: look at them before it goes on.' : '';
  return `${formatNumber(job.matched)} letters: ${sums.join(', ')}${paused}`;
}
