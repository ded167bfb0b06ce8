import { formatCount } from '../../../shared/views/format.ts';
import { change, readAnswer, ReaderError, spellError } from './api.ts';
import { find, formatNumber, make, showText } from './dom.ts';
import { refresh } from './refresh.ts';
import { workOnJob, spellJob, stopJob, type BulkJob } from './run-job.ts';

interface Example {
  readonly stream?: string;
  readonly eventId?: number;
  readonly code: string;
  readonly detail: string;
}

/** A letter that was tried when the job was planned. */
interface TriedLetter {
  readonly id: string;
  readonly result: 'ok' | 'invalid' | 'changed' | 'skipped';
  readonly why?: string;
}

interface PlannedJob extends BulkJob {
  readonly tried: readonly TriedLetter[];
}

/** The answer if the filter allows no letter by now: there is no job. */
type PlanAnswer = PlannedJob | { readonly id?: undefined };

/** The actions, and their names on buttons. */
const verbs = { replay: 'Replay', discard: 'Discard', reopen: 'Reopen' } as const;
type BulkAction = keyof typeof verbs;

const trialSize = 10;
const examples = 3;
/** The elements that say what would become of the first letters. */
const triedIds = ['bulk-tried', 'bulk-refused'];
const fieldIds = ['bulk-patch', 'bulk-note', 'bulk-rate'];

/** Changes all letters that the filter of the page allows. It asks first, and begins with a few. */
export function startBulk(): void {
  const place = document.getElementById('bulk');
  const dialog = find('bulk-dialog', HTMLDialogElement);
  const form = dialog?.querySelector('form');
  if (!place || !dialog || !form) return;
  const bulk = new Bulk(Object.fromEntries(new URLSearchParams(place.dataset.query)), dialog);
  for (const action of Object.keys(verbs) as BulkAction[])
    document.getElementById(`bulk-${action}`)?.addEventListener('click', () => void bulk.ask(action));
  document.getElementById('bulk-stop')?.addEventListener('click', () => void bulk.stop());
  form.addEventListener('input', () => {
    bulk.countAgain();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void bulk.goOn();
  });
}

class Bulk {
  private readonly filter: Readonly<Record<string, string>>;
  private readonly dialog: HTMLDialogElement;
  private action: BulkAction = 'replay';
  private job: BulkJob | undefined;
  private isRunning = false;

  constructor(filter: Readonly<Record<string, string>>, dialog: HTMLDialogElement) {
    this.filter = filter;
    this.dialog = dialog;
  }

  /** Shows what the filter chooses, and asks for a patch or a note. */
  async ask(action: BulkAction): Promise<void> {
    [this.action, this.job] = [action, undefined];
    showText('bulk-title', `${verbs[action]} letters`);
    const chosen = Object.entries(this.filter).map(([name, value]) => `${name} ${value}`);
    showText('bulk-filter', chosen.join(' · '));
    document.getElementById('bulk-patch-line')?.toggleAttribute('hidden', action !== 'replay');
    document.getElementById('bulk-note-line')?.toggleAttribute('hidden', action === 'replay');
    const note = find('bulk-note', HTMLInputElement);
    if (note) note.required = action === 'discard';
    this.clear();
    this.offer();
    this.dialog.showModal();
    await this.report(async () => {
      const query = new URLSearchParams({ ...this.filter, limit: String(examples) });
      const { letters } = await readAnswer<{ letters: readonly Example[] }>(`/api/dead-letters?${query.toString()}`);
      const items = letters.map((one) => make('li', {}, spellExample(one)));
      document.getElementById('bulk-examples')?.replaceChildren(...items);
    });
  }

  /** Takes the next step: counts the letters first, and changes them then. */
  async goOn(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    this.offer();
    await this.report(() => (this.job ? this.run(this.job.id) : this.plan()));
    this.isRunning = false;
    this.offer();
  }

  /** Drops a plan that was not run, because it does not have what was typed since. */
  countAgain(): void {
    if (this.job?.state !== 'planned' || this.isRunning) return;
    this.job = undefined;
    this.clear();
    this.offer();
  }

  async stop(): Promise<void> {
    const { job } = this;
    if (job)
      await this.report(async () => {
        this.show(await stopJob(job.id));
      });
  }

  /** Freezes the letters that the filter allows now, with their revisions. It changes nothing. */
  private async plan(): Promise<void> {
    const { action, filter } = this;
    const rate = find('bulk-rate', HTMLInputElement)?.valueAsNumber ?? Number.NaN;
    const body = { action, filter, first: trialSize, ...(rate > 0 && { rate }), ...this.detail() };
    const planned = await change<PlanAnswer>('/api/jobs', { method: 'POST', body });
    if (planned.id === undefined) {
      showText('bulk-said', 'No letter matches, so no job was planned.');
      return;
    }
    this.job = planned;
    showText('bulk-said', `${formatCount(planned.matched, 'letter')}. Nothing has been changed yet.`);
    showText('bulk-tried', spellTried(planned.tried));
    const refused = planned.tried.filter(({ result }) => result !== 'ok');
    document.getElementById('bulk-refused')?.replaceChildren(...refused.map(refusedItem));
    const link = make('a', { href: `/jobs/${this.job.id}` }, 'The page of the job');
    document
      .getElementById('bulk-job')
      ?.replaceChildren(link, ' has its progress, and resumes it later. The plan can be run for an hour.');
  }

  private clear(): void {
    for (const id of ['bulk-said', 'bulk-job', ...triedIds]) showText(id, '');
  }

  /** Returns the patch of a replay, or the note of another action. */
  private detail(): object {
    const text = find('bulk-patch', HTMLTextAreaElement)?.value.trim() ?? '';
    if (this.action !== 'replay') return { note: find('bulk-note', HTMLInputElement)?.value ?? '' };
    if (text === '') return {};
    try {
      return { patch: JSON.parse(text) as unknown };
    } catch (error) {
      throw new ReaderError(`The patch is not JSON: ${error instanceof Error ? error.message : ''}`);
    }
  }

  /** Runs the job until it is done, pauses, or only waits for answers. A job that paused goes on. */
  private async run(id: string): Promise<void> {
    for (const said of triedIds) showText(said, '');
    await workOnJob(id, (now) => {
      this.show(now);
    });
    await refresh();
  }

  private show(job: BulkJob): void {
    this.job = job;
    showText('bulk-said', spellJob(job));
  }

  private offer(): void {
    const { job, action, isRunning } = this;
    const isBegun = job !== undefined && job.state !== 'planned';
    const count = formatNumber(job?.left ?? 0);
    const first = `, ${Math.min(trialSize, job?.matched ?? 0)} first`;
    showText('bulk-main', !job ? 'Count them' : isBegun ? `Go on with ${count}` : `${verbs[action]} ${count}${first}`);
    document.getElementById('bulk-main')?.toggleAttribute('hidden', isRunning || job?.left === 0);
    document.getElementById('bulk-stop')?.toggleAttribute('hidden', !isRunning || !job);
    for (const id of fieldIds) document.getElementById(id)?.toggleAttribute('disabled', isBegun);
    const active = document.activeElement;
    if (active instanceof HTMLElement && active.hidden)
      this.dialog.querySelector<HTMLElement>('button:not([hidden])')?.focus();
  }

  private async report(run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      showText('bulk-said', spellError(error));
    }
  }
}

function spellTried(tried: readonly TriedLetter[]): string {
  if (tried.length === 0) return '';
  const good = tried.filter(({ result }) => result === 'ok').length;
  const said =
    good === tried.length ? 'all of them would be changed' : `${tried.length - good} of them would not be changed`;
  return `The first ${tried.length} were tried: ${said}.`;
}

function refusedItem({ id, result, why = '' }: TriedLetter): HTMLElement {
  const item = make('li', {});
  item.append(make('a', { href: `/dead-letters/${id}` }, id), ` ${result}: ${why}`);
  return item;
}

function spellExample({ stream = 'no stream', eventId, code, detail }: Example): string {
  return `${stream} ${eventId ?? ''} · ${code} · ${detail}`;
}
