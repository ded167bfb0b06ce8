import { UsageError, type Io } from '../command.ts';

const defaultPort = 8080;
const maxPort = 65_535;

/** Returns the port of the console, from PORT. 0 stands for any free port. @throws UsageError if PORT is not a port. */
export function portOf({ env: { PORT } }: Pick<Io, 'env'>): number {
  if (PORT === undefined) return defaultPort;
  const port = /^\d+$/.test(PORT) ? Number(PORT) : Number.NaN;
  if (port <= maxPort) return port;
  throw new UsageError(`PORT is "${PORT}"; it must be a whole number from 0 to ${maxPort}`);
}
