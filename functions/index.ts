/**
 * What Google Cloud starts: registers the function that FUNCTION_TARGET names, and loads nothing of the others.
 *
 * It serves plain HTTP. The framework's own reading of a push loses `deliveryAttempt` and mishandles a message without data; and
 * a handler that it takes for one of an event, because of two parameters, never acks.
 */
import { env, exit, stderr, stdout } from 'node:process';
import { http } from '@google-cloud/functions-framework';
import { makeCatalog, withStreamSettings } from '../shared/catalog-definition.ts';
import { catalog as definition } from '../shared/catalog.ts';
import { readFunctionConfig } from '../shared/config.ts';
import { ConfigError } from '../shared/errors.ts';
import { makeClients } from '../shared/gcp/clients.ts';
import { systemClock as clock } from '../shared/gcp/clock.ts';
import { CloudLog } from '../shared/gcp/log.ts';
import { serve } from './serve.ts';
import { wirings } from './wiring.ts';

const { config, catalog } = readAll();
// An emulator needs no credentials, and off Google Cloud nobody answers who has them.
if (config.usesEmulator) env.METADATA_SERVER_DETECTION ??= 'none';
const { target, projectId, countsIntervalMs } = config;
const write = (line: string): void => {
  stdout.write(`${line}\n`);
};
const log = new CloudLog({ projectId, speaker: target, clock, countsIntervalMs, write });
const wired = await wirings[target]({ config, catalog, clients: makeClients(config), clock, log });
http(target, serve(target, wired, log));

/** Reads the settings and the catalog, and ends the process with all that is wrong with either. */
function readAll() {
  const problems: string[] = [];
  const settings = attempt(() => readFunctionConfig(env), problems);
  const made = attempt(() => makeCatalog(withStreamSettings(definition, settings?.streamSettings ?? {})), problems);
  if (settings && made) return { config: settings, catalog: made };
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
