import { makeArchive } from '../../functions/archive/handler.ts';
import { makeReconstruct } from '../../functions/reconstruct/handler.ts';
import { makeStore } from '../../functions/store/handler.ts';
import { makeSweep } from '../../functions/sweep/handler.ts';
import { makeTrack } from '../../functions/track/handler.ts';
import { makeValidate } from '../../functions/validate/handler.ts';
import { makeVerify } from '../../functions/verify/handler.ts';
import type { Catalog } from '../../shared/catalog-definition.ts';
import type { SystemName } from '../../shared/stream-settings.ts';
import type { Handler } from '../../shared/messages/message.ts';
import type {
  BlockStore,
  CleanEventStore,
  Clock,
  DeadLetterStore,
  GapLedger,
  Log,
  PortsUntil,
  Publisher,
  Random,
  SystemOfRecord,
  UuidKeys,
} from '../../shared/ports.ts';
import type { FunctionName } from '../../shared/topology.ts';
import type { Verdict } from '../../shared/tracking/claim.ts';
import { GroupCommit, type GroupCommitDeps } from '../../shared/tracking/group-commit.ts';
import { SequenceBounds } from '../../shared/tracking/sequence-bounds.ts';

/** All that an instance of any function needs of the outside. */
export interface Ports {
  readonly publisher: Publisher;
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly letters: DeadLetterStore;
  readonly events: CleanEventStore;
  readonly keys: UuidKeys;
  readonly systems: ReadonlyMap<SystemName, SystemOfRecord>;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Called with each verdict of track, where somebody counts them. */
  readonly onVerdict?: (verdict: Verdict) => void;
}

/** One instance of a function, and what is to be done before it ends. */
export interface FunctionInstance {
  readonly handler: Handler;
  /** Awaited before the last delivery in flight is answered: afterwards the instance may have no CPU. */
  readonly beforeIdle?: () => Promise<void>;
  readonly finish: () => Promise<void>;
}

/** The functions that messages are delivered to. */
export type DeliveredTo = Exclude<FunctionName, 'console'>;

export type FunctionBuilders = Readonly<Record<DeliveredTo, (ports: Ports) => FunctionInstance>>;

/** How an instance of each function is put together, with what it remembers of its own. */
export const functionBuilders: FunctionBuilders = {
  validate: (ports) => withoutEnd(makeValidate(forDeliveries(ports))),
  track: (ports) => {
    const { catalog } = ports;
    const deps = { ...ports, windowMs: (stream: string) => catalog.stream(stream).windowMs };
    const commits = ports.onVerdict ? new ObservedGroupCommit(deps, ports.onVerdict) : new GroupCommit(deps);
    const handler = makeTrack({ ...forDeliveries(ports), commits, bounds: new SequenceBounds(ports) });
    return { handler, beforeIdle: () => commits.writeMarks(), finish: () => commits.flush() };
  },
  verify: (ports) => withoutEnd(makeVerify(forDeliveries(ports))),
  sweep: (ports) => withoutEnd(makeSweep(ports)),
  reconstruct: (ports) => withoutEnd(makeReconstruct(forDeliveries(ports))),
  archive: (ports) => withoutEnd(makeArchive(forDeliveries(ports))),
  store: (ports) => withoutEnd(makeStore(forDeliveries(ports))),
};

export const deliveredTo = Object.keys(functionBuilders) as readonly DeliveredTo[];

/** Gives every delivery the same ports: calls in memory need no deadline. */
function forDeliveries(ports: Ports): Ports & { readonly portsUntil: PortsUntil<Ports> } {
  return { ...ports, portsUntil: () => ports };
}

/** A group commit that tells an observer of each verdict. */
class ObservedGroupCommit extends GroupCommit {
  private readonly onVerdict: (verdict: Verdict) => void;

  constructor(deps: GroupCommitDeps, onVerdict: (verdict: Verdict) => void) {
    super(deps);
    this.onVerdict = onVerdict;
  }

  override async claim(...args: Parameters<GroupCommit['claim']>): ReturnType<GroupCommit['claim']> {
    const verdict = await super.claim(...args);
    this.onVerdict(verdict);
    return verdict;
  }
}

function withoutEnd(handler: Handler): FunctionInstance {
  return { handler, finish: () => Promise.resolve() };
}
