import type { ReconciliationStore } from '../../../shared/ports.ts';
import type { Reconciliation } from '../../../shared/reconciliation/reconciliation.ts';
import { hourMs, lagMs, overlapMs, type ListPlan, type PlannedEvent } from './list-plan.ts';

/** The knowledge of an event. */
interface Fate {
  /** When a message of it first came to track. A recovered one counts too. */
  claimedAtMs?: number;
  isRecovered: boolean;
  hasLetter: boolean;
  /** The contents that were published, under each key. */
  readonly clean: Map<string, Set<string>>;
}

/** The laws of a comparison with a list. */
export class ListLaws {
  private readonly plan: ListPlan;
  private readonly fates: ReadonlyMap<string, Fate>;
  private readonly broken = new Set<string>();
  /** The times that letters call lost. */
  private readonly lost: { readonly fromMs: number; readonly toMs: number }[] = [];
  /** When the first run began that took the lease. */
  private sinceMs = Number.POSITIVE_INFINITY;
  private checkpointMs = Number.NEGATIVE_INFINITY;

  constructor(plan: ListPlan) {
    this.plan = plan;
    this.fates = new Map(plan.events.map(({ id }) => [id, { isRecovered: false, hasLetter: false, clean: new Map() }]));
  }

  /** A message is published on the clean topic. */
  sawClean(id: string, key: string, content: string, nowMs: number): void {
    const { clean } = this.claimed(id, nowMs);
    clean.set(key, (clean.get(key) ?? new Set()).add(content));
    if (clean.size > 1) this.broken.add('counted twice, under two keys');
    if (clean.get(key)!.size > 1) this.broken.add('one key, two contents');
  }

  /** A message comes to track and is not published. */
  sawLetter(id: string, act: string, nowMs: number): void {
    const fate = this.claimed(id, nowMs);
    if (act === 'dead-letter' || act === 'stale') fate.hasLetter = true;
    if (act === 'conflict') this.broken.add('a copy is a conflict');
  }

  /** A run publishes what it calls missing. */
  sawRecovered(id: string, nowMs: number): void {
    const fate = this.fates.get(id)!;
    const event = this.plan.events.find((one) => one.id === id)!;
    fate.isRecovered = true;
    if (fate.claimedAtMs !== undefined && fate.claimedAtMs < nowMs) this.broken.add('called missing, though it came');
    if (!event.isWanted) this.broken.add('recovered, though the stream does not take the type');
    if (event.createdMs < this.sinceMs) this.broken.add('recovered from before the comparison was switched on');
  }

  /** A letter says that a time was not compared. */
  sawLoss({ from, to }: { readonly from: string; readonly to: string }): void {
    this.lost.push({ fromMs: Date.parse(from), toMs: Date.parse(to) });
  }

  /** A store that shows to the laws what is saved. */
  watching(states: ReconciliationStore): ReconciliationStore {
    return {
      find: (stream, name) => states.find(stream, name),
      save: async (stream, name, state, expected) => {
        const version = await states.save(stream, name, state, expected);
        if (version !== undefined) this.sawState(state);
        return version;
      },
    };
  }

  atTheEnd(): ReadonlySet<string> {
    if (this.plan.events.some((event) => this.isMissed(event))) this.broken.add('lost, though the list has it');
    return this.broken;
  }

  private sawState({ checkpointMs, startedAtMs }: Reconciliation): void {
    this.sinceMs = Math.min(this.sinceMs, startedAtMs);
    if (checkpointMs < this.checkpointMs) this.broken.add('the checkpoint went back');
    this.checkpointMs = checkpointMs;
    const isBehind = ({ createdMs, shownFromMs }: PlannedEvent): boolean =>
      createdMs < checkpointMs - overlapMs && shownFromMs <= createdMs + lagMs + overlapMs + 1_000;
    if (this.plan.events.some((event) => isBehind(event) && this.isMissed(event)))
      this.broken.add('the checkpoint passed an event');
  }

  /** Whether the list has an event that is to be compared, and nothing came of it. */
  private isMissed(event: PlannedEvent): boolean {
    const { id, isWanted, createdMs } = event;
    const { claimedAtMs, isRecovered } = this.fates.get(id)!;
    if (!isWanted || this.plan.isWithoutIds || createdMs < this.sinceMs) return false;
    return claimedAtMs === undefined && !isRecovered && !this.isTold(event);
  }

  /** Whether a letter says that an event may be lost: in the time that it names, or shown late in the 26 hours before. */
  private isTold({ createdMs, shownFromMs }: PlannedEvent): boolean {
    return this.lost.some(({ fromMs, toMs }) => {
      const isLate = shownFromMs > createdMs + lagMs + overlapMs || shownFromMs >= fromMs + lagMs;
      return createdMs <= toMs && createdMs >= (isLate ? fromMs - 26 * hourMs : fromMs);
    });
  }

  private claimed(id: string, nowMs: number): Fate {
    const fate = this.fates.get(id)!;
    fate.claimedAtMs ??= nowMs;
    return fate;
  }
}
