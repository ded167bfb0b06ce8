import type { Catalog } from './catalog-definition.ts';
import type { LearnedAhead } from './inference/history.ts';
import type { Handler } from './messages/message.ts';
import type { ServicePorts } from './port-methods.ts';
import type { Clock, EventList, Log, PortsUntil, Random, SystemOfRecord } from './ports.ts';
import type { SystemName } from './record-kinds.ts';
import type { Verdict } from './tracking/claim.ts';

/** All services that functions call. */
export interface Services extends Omit<ServicePorts, 'system' | 'list'> {
  /** The configured systems of record. */
  readonly systems: ReadonlyMap<SystemName, SystemOfRecord>;
  /** The lists of those systems with which streams are compared. */
  readonly lists: ReadonlyMap<SystemName, EventList>;
}

export type ServiceName = keyof Services;

/** The dependencies of an instance besides services. */
export interface FunctionContext {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Called with each verdict of track. The simulator counts them. */
  readonly onVerdict?: (verdict: Verdict) => void;
  /** Models that reconstruct need not learn itself. */
  readonly learnedAhead?: LearnedAhead;
}

/**
 * The ports of an instance of a function: its context, and the services that it names. Each service is available in two
 * ways. A call for one delivery uses `portsUntil` and ends by its deadline. A call that serves many deliveries uses the
 * member of the service directly, and has only the timeouts of the adapter.
 */
export type PortsOf<Name extends ServiceName> = FunctionContext &
  Pick<Services, Name> & { readonly portsUntil: PortsUntil<Pick<Services, Name>> };

/** The ports of any function. */
export type Ports = PortsOf<ServiceName>;

/**
 * One instance of a function that receives messages, with its state in memory. Only `make*(ports)` in its handler.ts
 * makes an instance. The code that starts the instance opens and closes its ports.
 */
export interface FunctionInstance {
  readonly handler: Handler;
  /** Awaited before the last delivery in flight is answered. Afterwards the instance may have no CPU. */
  readonly beforeIdle?: () => Promise<void>;
  /** Awaited before the instance ends, once all deliveries are answered, and before its ports are closed. */
  readonly finish?: () => Promise<void>;
}
