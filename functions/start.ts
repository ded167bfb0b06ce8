/**
 * Starts the function of a bundle: reads its settings, wires it and registers it with the framework.
 *
 * It serves plain HTTP. The framework's own reading of a push loses `deliveryAttempt` and mishandles a message without data; and
 * a handler that it takes for one of an event, because of two parameters, never acks.
 */
import process, { env, exit, stderr, stdout } from 'node:process';
import { http } from '@google-cloud/functions-framework';
import { makeCatalog, withStreamSettings, type Catalog } from '../shared/catalog-definition.ts';
import { catalog as definition } from '../shared/catalog.ts';
import { readFunctionConfig, type FunctionConfig } from '../shared/config.ts';
import { ConfigError } from '../shared/errors.ts';
import { systemClock as clock } from '../shared/gcp/clock.ts';
import { CloudLog } from '../shared/gcp/log.ts';
import type { Clock } from '../shared/ports.ts';
import type { FunctionName } from '../shared/topology.ts';
import { reportUncaught } from './report-uncaught.ts';
import { serve, type Served } from './serve.ts';

export interface Tools {
  readonly config: FunctionConfig;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: CloudLog;
}

/** @param wire Puts the function together with its adapters. */
export function start(name: FunctionName, wire: (tools: Tools) => Served): void {
  const { config, catalog } = readAll(name);
  // An emulator needs no credentials, and off Google Cloud nobody answers who has them.
  if (config.usesEmulator) env.METADATA_SERVER_DETECTION ??= 'none';
  const { projectId, countsIntervalMs } = config;
  const write = (line: string): void => {
    stdout.write(`${line}\n`);
  };
  const log = new CloudLog({ projectId, speaker: name, clock, countsIntervalMs, write });
  reportUncaught(process, log, () => exit(1));
  http(name, serve(name, wire({ config, catalog, clock, log }), log, clock));
}

/** Reads the settings and the catalog, and ends the process with all that is wrong with either. */
function readAll(name: FunctionName) {
  const problems: string[] = [];
  const settings = attempt(() => readFunctionConfig(env), problems);
  const made = attempt(() => makeCatalog(withStreamSettings(definition, settings?.streamSettings ?? {})), problems);
  if (settings && settings.target !== name)
    problems.push(`FUNCTION_TARGET is ${settings.target}, and this is the bundle of ${name}`);
  if (settings && made && problems.length === 0) return { config: settings, catalog: made };
  stderr.write(`${new ConfigError(problems).message}\n`);
  return exit(1);
}

function attempt<T>(read: () => T, problems: string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
