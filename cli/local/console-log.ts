import type { Log } from '../../shared/ports.ts';
import type { Io } from '../command.ts';
import { reasonOf } from '../reason.ts';

/** Writes what the console says to standard error. It counts nothing. */
export function consoleLog({ stderr }: Pick<Io, 'stderr'>): Log {
  return {
    count: () => undefined,
    compared: () => undefined,
    swept: () => undefined,
    error: (message, error) => {
      stderr.write(`console: ${message}: ${reasonOf(error)}\n`);
    },
    warn: (message) => {
      stderr.write(`console: ${message}\n`);
    },
  };
}
