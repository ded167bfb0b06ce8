import type { Catalog } from '../catalog-definition.ts';
import type { Connection } from '../config.ts';
import type { ServiceName } from '../function-instance.ts';
import { makeClients, type Clients } from './clients.ts';
import { systemClock } from './clock.ts';
import * as openers from './openers.ts';
import { openPorts, type GoogleCloud, type OpenPorts } from './ports.ts';

/** Every service of a project, for a process that is not a function. */
export type Project = OpenPorts<ServiceName> & GoogleCloud & { readonly clients: Clients };

/** Opens a project. The caller closes its `clients`. */
export function openProject(connection: Connection, catalog: Catalog): Project {
  const cloud = { clients: makeClients(connection), catalog, clock: systemClock, random: Math.random };
  return { ...cloud, ...openPorts<ServiceName>(cloud, openers) };
}
