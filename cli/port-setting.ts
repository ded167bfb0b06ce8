import { UsageError, type Io } from './command.ts';

/** The port of the console, from PORT. @throws UsageError if it is none. */
export function portOf({ env }: Io): number {
  const port = Number(env.PORT ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`PORT is ${String(env.PORT)}; it must be a port, 0 to 65535`);
  return port;
}
