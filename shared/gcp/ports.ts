import type { Catalog } from '../catalog-definition.ts';
import type { ServiceName, Services } from '../function-instance.ts';
import type { Clock, PortsUntil, Random } from '../ports.ts';
import type { SystemSettings } from '../system-settings.ts';
import type { ClientPool } from './clients.ts';
import type { LazyPort } from './lazy-port.ts';

/** The clients and settings with which a process uses Google Cloud or the emulators. */
export interface GoogleCloud {
  readonly clients: ClientPool;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly random: Random;
  /** The settings of the systems of record. Without them none can be asked. */
  readonly systemSettings?: SystemSettings;
}

/** The openers of some services, from `openers.ts`. */
export type Openers<Name extends ServiceName> = {
  readonly [N in Name]: (cloud: GoogleCloud) => LazyPort<Services[N]>;
};

/** Services on Google Cloud. The first call of each opens it. */
export type OpenPorts<Name extends ServiceName> = Pick<Services, Name> & {
  readonly portsUntil: PortsUntil<Pick<Services, Name>>;
  /** Opens some services before their first call. */
  open(names: readonly Name[]): Promise<void>;
  /** Resolves when nothing waits to be published. */
  flush(): Promise<void>;
};

/** Opens services. The code that made the clients closes them. */
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
