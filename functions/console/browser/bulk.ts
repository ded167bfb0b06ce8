import { spellError } from './api.ts';
import { bulkOutcomes, BulkRun, makePlan, maxPlanned, type BulkAction, type PlannedLetter } from './bulk-run.ts';
import { find, formatNumber, make, showText } from './dom.ts';
import { refresh } from './refresh.ts';

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
  on('bulk-trial', () => bulk.go(trialSize));
  on('bulk-all', () => bulk.go(maxPlanned));
  document.getElementById('bulk-stop')?.addEventListener('click', () => {
    bulk.stop();
  });
}

class Bulk {
  private readonly filter: Readonly<Record<string, string>>;
  private readonly dialog: HTMLDialogElement;
  private action: BulkAction['action'] = 'replay';
  private plan: readonly PlannedLetter[] = [];
  private running: BulkRun | undefined;

  constructor(filter: Readonly<Record<string, string>>, dialog: HTMLDialogElement) {
    this.filter = filter;
    this.dialog = dialog;
  }

  /** Makes a plan, which changes nothing, and shows what it would change. */
  async ask(action: BulkAction['action']): Promise<void> {
    [this.action, this.plan, this.running] = [action, [], undefined];
    showText('bulk-title', action === 'replay' ? 'Replay letters' : 'Discard letters');
    const chosen = Object.entries(this.filter).map(([name, value]) => `${name} ${value}`);
    showText('bulk-filter', chosen.join(' · '));
    document.getElementById('bulk-patch-line')?.toggleAttribute('hidden', action !== 'replay');
    document.getElementById('bulk-note-line')?.toggleAttribute('hidden', action !== 'discard');
    showText('bulk-said', 'Looking …');
    this.offer(false);
    this.dialog.showModal();
    await this.report(async () => {
      this.plan = await makePlan(this.filter);
      const shown = this.plan.slice(0, examples).map((one) => make('li', {}, spellExample(one)));
      document.getElementById('bulk-examples')?.replaceChildren(...shown);
      const more = this.plan.length === maxPlanned ? ' There may be more: go on with another plan afterwards.' : '';
      showText('bulk-said', `${formatNumber(this.plan.length)} letters. Nothing has been changed yet.${more}`);
    });
  }

  /** Goes on with the next letters. What the reader entered counts from the first step on. */
  async go(limit: number): Promise<void> {
    await this.report(async () => {
      this.running ??= new BulkRun(this.plan, this.chosenAction());
      const { running } = this;
      this.offer(false);
      const show = (): void => {
        showText('bulk-said', spellSums(running));
      };
      await running.next(limit, show);
      show();
      // After a trial the reader wants to know how it ended. The outcomes of many letters are in the list.
      if (limit === trialSize) await running.awaitAnswers(show);
      await refresh();
    });
  }

  stop(): void {
    this.running?.stop();
  }

  /** @throws SyntaxError if the patch is not JSON. */
  private chosenAction(): BulkAction {
    if (this.action === 'discard') return { action: 'discard', note: find('bulk-note', HTMLInputElement)?.value ?? '' };
    const text = find('bulk-patch', HTMLTextAreaElement)?.value.trim() ?? '';
    return { action: 'replay', patch: text === '' ? undefined : (JSON.parse(text) as readonly object[]) };
  }

  private offer(isOffered: boolean): void {
    const left = this.running ? (this.running.sums.get('left') ?? 0) : this.plan.length;
    const verb = this.action === 'replay' ? 'Replay' : 'Discard';
    showText('bulk-trial', `Try ${Math.min(trialSize, left)} first`);
    showText('bulk-all', `${verb} ${this.running ? 'the other' : 'all'} ${formatNumber(left)}`);
    for (const id of ['bulk-trial', 'bulk-all'])
      find(id, HTMLButtonElement)?.toggleAttribute('disabled', !isOffered || left === 0);
  }

  private async report(run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      const isPatch = error instanceof SyntaxError;
      showText('bulk-said', isPatch ? `The patch is not JSON: ${error.message}` : spellError(error));
    }
    this.offer(true);
  }
}

function spellExample({ stream = 'no stream', eventId, code, detail }: PlannedLetter): string {
  return `${stream} ${eventId ?? ''} · ${code} · ${detail}`;
}

/** Spells the sums, which add up to all letters of the plan. */
function spellSums({ plan, sums }: BulkRun): string {
  const parts = bulkOutcomes.flatMap((name) => {
    const count = sums.get(name) ?? 0;
    return count === 0 ? [] : [`${formatNumber(count)} ${name === 'cameBack' ? 'came back' : name}`];
  });
  return `${formatNumber(plan.length)} letters: ${parts.join(', ')}`;
}
