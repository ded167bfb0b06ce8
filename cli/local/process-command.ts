import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Env } from '../../shared/env.ts';
import type { FunctionName } from '../../shared/topology.ts';

/** A function that is pushed to, or a process that pulls subscriptions. */
export type LocalProcess =
  | { readonly name: FunctionName; readonly pulls?: undefined }
  | {
      readonly name: FunctionName | 'worker';
      /** The names of the subscriptions that it pulls. */
      readonly pulls: readonly string[];
    };

/**
 * Returns the arguments and variables with which Node starts a function or a worker as the platform does.
 *
 * @param built The directory that `npm run build` made.
 * @param port The port at which a function listens. A worker does not listen.
 */
export function commandOf(
  { name, pulls }: LocalProcess,
  built: string,
  port: number,
): { readonly args: readonly string[]; readonly env: Env } {
  const local = ['--import', pathToFileURL(join(built, 'cli', 'local-function.js')).href];
  const functions = join(built, 'functions');
  if (pulls)
    return { args: [...local, join(functions, 'worker', 'index.js')], env: { SUBSCRIPTIONS: pulls.join(',') } };
  const framework = createRequire(join(built, 'x')).resolve('@google-cloud/functions-framework');
  return {
    args: [...local, join(dirname(framework), 'main.js'), `--source=${join(functions, name)}`],
    env: { FUNCTION_TARGET: name, FUNCTION_SIGNATURE_TYPE: 'http', PORT: String(port) },
  };
}

/** Whether a line of a worker's output says that it pulls. */
export function saysThatItPulls(line: string): boolean {
  return line.includes('"message":"pulls ');
}
