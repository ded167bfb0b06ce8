import type { Catalog } from './catalog-definition.ts';
import type { Handler } from './messages/message.ts';
import type { ServicePorts } from './port-methods.ts';
import type { Clock, Log, PortsUntil, Random, SystemOfRecord } from './ports.ts';
import type { SystemName } from './stream-settings.ts';
import type { Verdict } from './tracking/claim.ts';

/** All services that functions call. */
export interface Services extends Omit<ServicePorts, 'system'> {
  /** The systems of record that are configured. */
  readonly systems: ReadonlyMap<SystemName, SystemOfRecord>;
}

export type ServiceName = keyof Services;

/** What an instance of a function is given besides services. */
export interface FunctionContext {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Called with each verdict of track: the simulator counts them. */
  readonly onVerdict?: (verdict: Verdict) => void;
}

/**
 * All that an instance of a function needs of the outside: its context, and the services that it names. A service is there twice. The
 * calls of a delivery are made on `portsUntil`, and end by its deadline. Calls that serve many deliveries are made on the members
 * beside it, and have only the time-outs of the adapter.
 */
export type PortsOf<Name extends ServiceName> = FunctionContext &
  Pick<Services, Name> & { readonly portsUntil: PortsUntil<Pick<Services, Name>> };

/** The ports of any function. */
export type Ports = PortsOf<ServiceName>;

/**
 * One instance of a function that messages are delivered to, with what it remembers of its own. `make*(ports)` in its handler.ts is
 * the only place that puts one together. Who starts the instance opens its ports, and closes them.
 */
export interface FunctionInstance {
  readonly handler: Handler;
  /** Awaited before the last delivery in flight is answered: afterwards the instance may have no CPU. */
  readonly beforeIdle?: () => Promise<void>;
  /** Awaited before the instance ends, once all deliveries are answered, and before its ports are closed. */
  readonly finish?: () => Promise<void>;
}
