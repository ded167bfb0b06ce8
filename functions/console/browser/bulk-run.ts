import { ApiError, change, readAnswer } from './api.ts';

/** A letter of a plan, with the revision under which it may be changed. */
export interface PlannedLetter {
  readonly id: string;
  readonly revision: number;
  readonly stream?: string;
  readonly eventId?: number;
  readonly code: string;
  readonly detail: string;
}

export type BulkAction =
  | { readonly action: 'replay'; readonly patch: readonly object[] | undefined }
  | { readonly action: 'discard'; readonly note: string };

/** What became of the letters of a plan. The sums add up to all letters. */
export const bulkOutcomes = [
  'published',
  'sent',
  'cameBack',
  'discarded',
  'invalid',
  'changed',
  'skipped',
  'left',
] as const;
export type BulkOutcome = (typeof bulkOutcomes)[number];

/** The maximum number of letters in a plan, so that a page can hold it. */
export const maxPlanned = 1_000;
const listedAtOnce = 500;
const sentAtOnce = 5;
const answerEveryMs = 500;
const maxAnswerPolls = 40;
/** The maximum number of letters that are asked about at a time. */
const maxAsked = 10;

const letters = '/api/dead-letters';

/** Freezes the letters that a filter allows now, with their revisions. A letter that is changed later is left alone. */
export async function makePlan(filter: Readonly<Record<string, string>>): Promise<readonly PlannedLetter[]> {
  const planned: PlannedLetter[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ ...filter, limit: String(listedAtOnce), ...(cursor && { cursor }) });
    const page = await readAnswer<{ letters: readonly PlannedLetter[]; next?: string }>(
      `${letters}?${query.toString()}`,
    );
    planned.push(...page.letters);
    cursor = page.next;
  } while (cursor !== undefined && planned.length < maxPlanned);
  return planned.slice(0, maxPlanned);
}

/** Applies an action to the letters of a plan, a few at a time, and remembers what became of each. */
export class BulkRun {
  readonly plan: readonly PlannedLetter[];
  private readonly action: BulkAction;
  private readonly outcomes = new Map<string, BulkOutcome>();
  private isStopped = false;

  constructor(plan: readonly PlannedLetter[], action: BulkAction) {
    this.plan = plan;
    this.action = action;
  }

  get sums(): ReadonlyMap<BulkOutcome, number> {
    const sums = new Map<BulkOutcome, number>();
    for (const { id } of this.plan) {
      const outcome = this.outcomes.get(id) ?? 'left';
      sums.set(outcome, (sums.get(outcome) ?? 0) + 1);
    }
    return sums;
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Goes on with the next letters, at most `limit`. */
  async next(limit: number, onChange: () => void): Promise<void> {
    this.isStopped = false;
    const waiting = this.plan.filter(({ id }) => !this.outcomes.has(id)).slice(0, limit);
    const queue = [...waiting];
    const work = async (): Promise<void> => {
      for (let one = queue.shift(); one && !this.isStopped; one = queue.shift()) {
        this.outcomes.set(one.id, await this.act(one));
        onChange();
      }
    };
    await Promise.all(Array.from({ length: sentAtOnce }, work));
  }

  private async act({ id, revision }: PlannedLetter): Promise<BulkOutcome> {
    try {
      return this.action.action === 'discard'
        ? await this.discard(id, revision, this.action.note)
        : await this.replay(id, revision, this.action.patch);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 412) return 'changed';
      return error.status === 422 ? 'invalid' : 'skipped';
    }
  }

  private async discard(id: string, revision: number, note: string): Promise<BulkOutcome> {
    await change(`${letters}/${id}/discard`, { method: 'POST', body: { note }, revision });
    return 'discarded';
  }

  private async replay(id: string, revision: number, patch: readonly object[] | undefined): Promise<BulkOutcome> {
    const path = `${letters}/${id}`;
    let seen = revision;
    if (patch) {
      const edit = { method: 'PUT', body: { patch }, revision } as const;
      const edited = await change<{ revision: number; valid: boolean }>(`${path}/draft`, edit);
      if (!edited.valid) return 'invalid';
      seen = edited.revision;
    }
    const { state } = await change<{ state: string }>(`${path}/replay`, { method: 'POST', revision: seen });
    return state === 'done' ? 'published' : 'sent';
  }

  /** Looks for the answers of what was sent, for some seconds: whether the store holds it by now, or it came back. */
  async awaitAnswers(onChange: () => void): Promise<void> {
    for (let poll = 0; poll < maxAnswerPolls && !this.isStopped; poll++) {
      const sent = this.plan.filter(({ id }) => this.outcomes.get(id) === 'sent').slice(0, maxAsked);
      if (sent.length === 0) return;
      await Promise.all(sent.map((one) => this.ask(one)));
      onChange();
      await new Promise((resolve) => setTimeout(resolve, answerEveryMs));
    }
  }

  private async ask({ id }: PlannedLetter): Promise<void> {
    const { state, entry } = await readAnswer<{ state: string; entry?: { holds?: string } }>(`${letters}/${id}`);
    if (state === 'open') this.outcomes.set(id, 'cameBack');
    else if (state === 'done' || entry?.holds !== undefined) this.outcomes.set(id, 'published');
  }
}
