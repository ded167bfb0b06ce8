import type { Catalog } from '../catalog-definition.ts';
import type { ServiceName, Services } from '../function-instance.ts';
import type { Clock, PortsUntil } from '../ports.ts';
import type { ClientPool } from './clients.ts';
import type { LazyPort } from './lazy-port.ts';

/** A project of Google Cloud, or the emulators in its place, as this process uses it. */
export interface GoogleCloud {
  readonly clients: ClientPool;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/** How services are opened: those of `openers.ts`, or some of them. */
export type Openers<Name extends ServiceName> = {
  readonly [N in Name]: (cloud: GoogleCloud) => LazyPort<Services[N]>;
};

/** Services on Google Cloud. Each is opened by its first call. */
export type OpenPorts<Name extends ServiceName> = Pick<Services, Name> & {
  readonly portsUntil: PortsUntil<Pick<Services, Name>>;
  /** Opens some of them now, rather than by the first call. */
  open(names: readonly Name[]): Promise<void>;
  /** Resolves once nothing waits to be published. */
  flush(): Promise<void>;
};

/** Opens services. They are closed with the clients, by who has made those. */
export function openPorts<Name extends ServiceName>(cloud: GoogleCloud, openers: Openers<Name>): OpenPorts<Name> {
  const names = Object.keys(openers) as Name[];
  const ports = new Map<Name, LazyPort<unknown>>(names.map((name) => [name, openers[name](cloud)]));
  const portsUntil = (deadlineMs: number): Pick<Services, Name> =>
    Object.fromEntries([...ports].map(([name, port]) => [name, port.until(deadlineMs)])) as Pick<Services, Name>;
  return {
    ...portsUntil(Number.POSITIVE_INFINITY),
    portsUntil,
    open: async (toOpen) => {
      await Promise.all(toOpen.map(async (name) => ports.get(name)?.open()));
    },
    flush: async () => {
      await Promise.all([...ports.values()].map((port) => port.flush()));
    },
  };
}
