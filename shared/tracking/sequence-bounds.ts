import type { Catalog } from '../catalog-definition.ts';
import { details, type Failure } from '../failure.ts';
import type { Progress } from '../gaps/progress.ts';
import { afterReset } from '../gaps/reset.ts';
import { isRowCandidate } from '../gaps/row-candidate.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import type { BlockStore, Clock, GapLedger } from '../ports.ts';
import type { StreamSettings } from '../stream-settings.ts';
import { ForgottenIds } from './forgotten-ids.ts';
import { isNearHeld, maxDistance, type JumpSettings } from './jump.ts';
import { JumpCheck } from './jump-check.ts';
import { ProgressCache } from './progress-cache.ts';
import { StreamLimit } from './stream-limit.ts';

export interface SequenceBoundsDeps {
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/** The facts about a message by which it is admitted, as far as what is in memory shows it. */
export type AdmittedIds = Pick<
  RoutingAttributes,
  'stream' | 'origin' | 'isRecheck' | 'eventId' | 'lastId' | 'place' | 'instantMs'
>;

/** Refuses ids that are too far above the held ones, and ids that may have come and be forgotten. */
export class SequenceBounds {
  private readonly deps: SequenceBoundsDeps;
  private readonly jumps: JumpCheck;
  private readonly progress: ProgressCache;
  private readonly streams: StreamLimit;
  private readonly forgotten: ForgottenIds;

  constructor(deps: SequenceBoundsDeps) {
    this.deps = deps;
    this.jumps = new JumpCheck(deps);
    this.progress = new ProgressCache(deps);
    this.streams = new StreamLimit(deps, this.progress);
    this.forgotten = new ForgottenIds(deps, this.progress);
  }

  /**
   * Admits the stream and the ids of a message, or returns its failure. Ids are refused only by reads that began after
   * this call. Inferred events, replays and published events that are checked again are always admitted, because their
   * ids are known to be right.
   */
  async admit(routing: RoutingAttributes): Promise<Failure | undefined> {
    if (this.admitsAtOnce(routing)) return undefined;
    if (!(await this.streams.admits(routing.stream))) return tooManyStreams;
    if (isKnownRight(routing)) return undefined;
    if (routing.place === undefined && (await this.isTooFar(routing))) return tooFar(routing);
    if (await this.forgotten.isForgotten(routing)) return stale(routing);
    if (routing.place !== undefined) return undefined;
    this.jumps.add(routing, this.settingsOf(routing.stream));
    return undefined;
  }

  /** Admits a message if what is in memory shows that it may come. If not, only {@link admit} can tell. */
  admitsAtOnce(routing: AdmittedIds): boolean {
    if (!this.streams.knows(routing.stream)) return false;
    if (isKnownRight(routing)) return true;
    if (!this.forgotten.isRemembered(routing)) return false;
    if (routing.place !== undefined) return true;
    const settings = this.settingsOf(routing.stream);
    if (!this.jumps.isAllowed(routing, settings)) return false;
    this.jumps.add(routing, settings);
    return true;
  }

  /** Whether the ledger may have a gap that contains an id. Then the ledger must be told when the id is filled. */
  async mayBeInRow(stream: string, eventId: number): Promise<boolean> {
    const progress = await this.progress.recent(stream);
    if (!progress) return false;
    return isRowCandidate(progress, eventId, this.deps.clock.now(), this.deps.catalog.stream(stream));
  }

  /** The number of entries in the caches. */
  get cachedCount(): number {
    return this.jumps.count + this.progress.count + this.streams.count;
  }

  /**
   * Whether an id of a message is too far above the held ones. A reset of the numbering, and ids that a sweep has seen
   * before their blocks expired, can only admit a message. So their document is read only when a message would be refused.
   */
  private async isTooFar(routing: RoutingAttributes): Promise<boolean> {
    const settings = this.settingsOf(routing.stream);
    if (!(await this.jumps.isTooFar(routing, settings))) return false;
    const progress = await this.progress.afresh(routing.stream);
    if (!progress) return true;
    const current = afterReset(settings, progress);
    const isNear = sweptEnds(progress, current).some((id) => isNearHeld(routing, id, maxDistance(current)));
    return !isNear && (!progress.reset || this.jumps.isTooFar(routing, current));
  }

  private settingsOf(stream: string): StreamSettings {
    return this.deps.catalog.stream(stream);
  }
}

/** Returns the highest ids of the stretches of the present numbering in which sweeps have seen ids. */
function sweptEnds({ pieces, forgotten }: Progress, { start = 0 }: JumpSettings): readonly number[] {
  return [...pieces, ...forgotten].map(({ to }) => to).filter((id) => id >= start);
}

/** Whether the ids of a message are known to be right. */
function isKnownRight({ origin, isRecheck }: Pick<RoutingAttributes, 'origin' | 'isRecheck'>): boolean {
  return origin === 'replayed' || origin === 'reconstructed' || isRecheck === true;
}

const { code, detail } = details.tooManyStreams;
const tooManyStreams: Failure = { code, stage: 'track', detail };

/** Returns the failure of a message with an id that is too far above the held ones. A message that has a failure keeps it. */
function tooFar({ kind, failure }: RoutingAttributes): Failure {
  if (kind === 'void')
    return { code: 'ERR_INVALID_EVENT', stage: 'track', detail: 'void.to: far above the highest id seen below it' };
  return (
    failure ?? { code: 'ERR_SEQUENCE_JUMP', stage: 'track', detail: 'event_id: far above the highest id seen below it' }
  );
}

function stale({ kind, place, failure }: RoutingAttributes): Failure {
  const id = kind === 'void' ? 'void.from' : place === undefined ? 'event_id' : 'timestamp';
  return failure ?? { code: 'ERR_STALE', stage: 'track', detail: `${id}: older than the deduplication window` };
}
