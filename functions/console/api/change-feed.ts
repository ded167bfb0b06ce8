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

  constructor(deps: FeedDeps) {
    this.deps = deps;
  }

  /**
   * Returns the changes behind a position, and then those that happen. Without a position, only those that happen.
   *
   * @returns Undefined if the position has not the form of one.
   */
  async follow(after: string | undefined): Promise<AsyncIterable<AuditedChange | 'nothing new'> | undefined> {
    const missed = after === undefined ? [] : await this.readBehind(after);
    if (!missed) return undefined;
    const from = missed.at(-1)?.position ?? after ?? (await this.deps.auditTrail.latest());
    return this.changesFrom(from, missed);
  }

  private async *changesFrom(
    from: string,
    missed: readonly AuditedChange[],
  ): AsyncGenerator<AuditedChange | 'nothing new', void, undefined> {
    const seen = new Set(missed.map(({ position }) => position));
    const waiting: AuditedChange[] = [...missed];
    let wake: () => void = () => undefined;
    const listener: Listener = (changes) => {
      waiting.push(...changes.filter(({ position }) => !seen.has(position)));
      wake();
    };
    this.listen(listener, from);
    try {
      for (;;) {
        while (waiting.length > 0) {
          const change = waiting.shift();
          if (change?.entry.revision !== undefined) yield change;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (waiting.length === 0) yield 'nothing new';
      }
    } finally {
      this.listeners.delete(listener);
    }
  }

  private listen(listener: Listener, from: string): void {
    const isFirst = this.listeners.size === 0;
    this.listeners.add(listener);
    // The feed goes on where it is. What a new client missed was read for it alone.
    if (!isFirst) return;
    this.position = from;
    this.schedule(0);
  }

  private schedule(polls: number): void {
    this.deps.clock.schedule(pollMs, () => {
      void this.poll(polls);
    });
  }

  private async poll(polls: number): Promise<void> {
    if (this.listeners.size === 0) return;
    let changes: readonly AuditedChange[] = [];
    try {
      changes = (await this.deps.auditTrail.since(this.position ?? '', changesAtOnce)) ?? [];
      this.position = changes.at(-1)?.position ?? this.position;
    } catch (error) {
      this.deps.log.error('the changes of dead letters could not be read', error);
    }
    const isSign = changes.length > 0 || polls + 1 >= signAfterPolls;
    if (isSign) for (const listener of this.listeners) listener(changes);
    this.schedule(isSign ? 0 : polls + 1);
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
