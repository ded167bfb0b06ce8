import type { AuditedChange } from '../../../shared/dead-letter/audit.ts';
import type { ApiDeps } from './deps.ts';
import { SweepWatch } from './sweep-watch.ts';

/** How often the store is asked for changes while somebody follows them. */
const pollMs = 1_000;
/** A client that follows says nothing by itself. It notices a lost connection by the lack of these signs. */
const signAfterPolls = 15;
const changesAtOnce = 100;
/** How often the progress of streams is read while somebody follows them. Sweeps are a minute apart. */
const sweepsEveryMs = 15_000;

type FeedDeps = Pick<ApiDeps, 'auditTrail' | 'blocks' | 'ledger' | 'clock' | 'log'>;
type Change = AuditedChange | SweptStreams;

/** The streams that were swept. */
export interface SweptStreams {
  readonly swept: readonly string[];
}

interface Listener {
  readonly followsStreams: boolean;
  readonly take: (changes: readonly Change[]) => void;
}

/** The options of a client that follows. */
interface Following {
  /** Ends the changes when it aborts. */
  readonly gone?: AbortSignal | undefined;
  /** Whether the client is told of sweeps too. */
  readonly followsStreams?: boolean;
}

/** Follows the audit trail, and the sweeps of streams, for all clients of an instance, while there are any. */
export class ChangeFeed {
  private readonly deps: FeedDeps;
  private readonly listeners = new Set<Listener>();
  private position: string | undefined;
  /** Grows when the first client comes, and when the last one leaves. The polls of an earlier round end. */
  private round = 0;
  private readonly sweeps: SweepWatch;
  private sweepsReadAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: FeedDeps) {
    this.deps = deps;
    this.sweeps = new SweepWatch(deps);
  }

  /**
   * Returns the changes behind a position, and then those that happen. Without a position, only those that happen.
   *
   * @returns Undefined if the position has not the form of one.
   */
  async follow(
    after: string | undefined,
    following: Following = {},
  ): Promise<AsyncIterable<Change | 'nothing new'> | undefined> {
    const missed = after === undefined ? [] : await this.readBehind(after);
    if (!missed) return undefined;
    const from = missed.at(-1)?.position ?? after ?? (await this.deps.auditTrail.latest());
    return this.changesFrom(from, missed, following);
  }

  private async *changesFrom(
    from: string,
    missed: readonly AuditedChange[],
    { gone, followsStreams = false }: Following,
  ): AsyncGenerator<Change | 'nothing new', void, undefined> {
    const seen = new Set(missed.map(({ position }) => position));
    const waiting: Change[] = [...missed];
    const isGone = (): boolean => gone?.aborted ?? false;
    let wake: () => void = () => undefined;
    const take = (changes: readonly Change[]): void => {
      waiting.push(...changes.filter((change) => 'swept' in change || !seen.has(change.position)));
      wake();
    };
    const listener = { followsStreams, take };
    const end = (): void => {
      wake();
    };
    this.listen(listener, from);
    gone?.addEventListener('abort', end);
    try {
      while (!isGone()) {
        const change = waiting.shift();
        if (change && ('swept' in change || change.entry.revision !== undefined)) yield change;
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
    const swept = await this.readSweeps();
    if (round !== this.round) return;
    this.position = changes.at(-1)?.position ?? this.position;
    const isSign = changes.length + swept.length > 0 || polls + 1 >= signAfterPolls;
    if (isSign)
      for (const { followsStreams, take } of this.listeners)
        take(followsStreams && swept.length > 0 ? [...changes, { swept }] : changes);
    this.schedule(isSign ? 0 : polls + 1, round);
  }

  /** Returns the streams that were swept, if somebody follows them and it is time to look. */
  private async readSweeps(): Promise<readonly string[]> {
    const nowMs = this.deps.clock.now();
    const isFollowed = [...this.listeners].some(({ followsStreams }) => followsStreams);
    if (!isFollowed || nowMs < this.sweepsReadAtMs + sweepsEveryMs) return [];
    this.sweepsReadAtMs = nowMs;
    try {
      return await this.sweeps.read();
    } catch (error) {
      this.deps.log.error('the sweeps of streams could not be read', error);
      return [];
    }
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
