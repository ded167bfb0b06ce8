import type { AuditedChange } from '../../../shared/dead-letter/audit.ts';
import type { ApiDeps } from './deps.ts';

/** How often the store is asked for changes while somebody follows them. */
const pollMs = 1_000;
/** A client that follows says nothing by itself. It notices a lost connection by the lack of these signs. */
const signAfterPolls = 15;
const changesAtOnce = 100;

type FeedDeps = Pick<ApiDeps, 'auditTrail' | 'clock' | 'log'>;
type Listener = (changes: readonly AuditedChange[]) => void;

/** Follows the audit trail for all clients of an instance, while there are any. */
export class ChangeFeed {
  private readonly deps: FeedDeps;
  private readonly listeners = new Set<Listener>();
  private position: string | undefined;
  /** Grows when the first client comes, and when the last one leaves. The polls of an earlier round end. */
  private round = 0;

  constructor(deps: FeedDeps) {
    this.deps = deps;
  }

  /**
   * Returns the changes behind a position, and then those that happen. Without a position, only those that happen.
   *
   * @param gone Ends the changes when it aborts.
   * @returns Undefined if the position has not the form of one.
   */
  async follow(
    after: string | undefined,
    gone?: AbortSignal,
  ): Promise<AsyncIterable<AuditedChange | 'nothing new'> | undefined> {
    const missed = after === undefined ? [] : await this.readBehind(after);
    if (!missed) return undefined;
    const from = missed.at(-1)?.position ?? after ?? (await this.deps.auditTrail.latest());
    return this.changesFrom(from, missed, gone);
  }

  private async *changesFrom(
    from: string,
    missed: readonly AuditedChange[],
    gone: AbortSignal | undefined,
  ): AsyncGenerator<AuditedChange | 'nothing new', void, undefined> {
    const seen = new Set(missed.map(({ position }) => position));
    const waiting: AuditedChange[] = [...missed];
    const isGone = (): boolean => gone?.aborted ?? false;
    let wake: () => void = () => undefined;
    const listener: Listener = (changes) => {
      waiting.push(...changes.filter(({ position }) => !seen.has(position)));
      wake();
    };
    const end = (): void => {
      wake();
    };
    this.listen(listener, from);
    gone?.addEventListener('abort', end);
    try {
      while (!isGone()) {
        const change = waiting.shift();
        if (change?.entry.revision !== undefined) yield change;
        if (waiting.length > 0 || isGone()) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (waiting.length === 0 && !isGone()) yield 'nothing new';
      }
    } finally {
      gone?.removeEventListener('abort', end);
      this.leave(listener);
    }
  }

  private listen(listener: Listener, from: string): void {
    const isFirst = this.listeners.size === 0;
    this.listeners.add(listener);
    // The feed goes on where it is. What a new client missed was read for it alone.
    if (!isFirst) return;
    this.position = from;
    this.schedule(0, ++this.round);
  }

  private leave(listener: Listener): void {
    this.listeners.delete(listener);
    // The poll that is scheduled, or under way, is the last of its round.
    if (this.listeners.size === 0) this.round++;
  }

  private schedule(polls: number, round: number): void {
    this.deps.clock.schedule(pollMs, () => {
      void this.poll(polls, round);
    });
  }

  private async poll(polls: number, round: number): Promise<void> {
    if (round !== this.round) return;
    let changes: readonly AuditedChange[] = [];
    try {
      changes = (await this.deps.auditTrail.since(this.position ?? '', changesAtOnce)) ?? [];
    } catch (error) {
      this.deps.log.error('the changes of dead letters could not be read', error);
    }
    if (round !== this.round) return;
    this.position = changes.at(-1)?.position ?? this.position;
    const isSign = changes.length > 0 || polls + 1 >= signAfterPolls;
    if (isSign) for (const listener of this.listeners) listener(changes);
    this.schedule(isSign ? 0 : polls + 1, round);
  }

  /** Reads what a client missed, at most ten pages. @returns Undefined if the position has not the form of one. */
  private async readBehind(after: string): Promise<readonly AuditedChange[] | undefined> {
    const missed: AuditedChange[] = [];
    for (let page = 0; page < 10; page++) {
      const found = await this.deps.auditTrail.since(missed.at(-1)?.position ?? after, changesAtOnce);
      if (!found) return undefined;
      missed.push(...found);
      if (found.length < changesAtOnce) break;
    }
    return missed;
  }
}
