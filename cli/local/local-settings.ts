import { localProjectId, readFunctionConfig, type FunctionConfig } from '../../shared/config.ts';
import { settingsIn, type Env } from '../../shared/env.ts';
import { ConfigError } from '../../shared/errors.ts';
import { functionNames } from '../../shared/topology.ts';
import type { Hosts } from './emulators.ts';

/** Short waits, so that a developer sees within seconds how a gap is mended. */
const localDefaults: Env = {
  GOOGLE_CLOUD_PROJECT: localProjectId,
  GRACE_MS: '3000',
  RESEND_TIMEOUT_MS: '3000',
  METADATA_SERVER_DETECTION: 'none',
};

/** Returns the environment of the functions on one machine: the settings of the user, and local defaults for the others. */
export function localEnv(env: Env, hosts: Hosts): Env {
  return { ...localDefaults, ...settingsIn(env), ...hosts };
}

/** Reads the settings as every function does. @throws ConfigError with all problems that any function has with them. */
export function readLocalConfig(env: Env): FunctionConfig {
  const configs: FunctionConfig[] = [];
  const problems = new Set<string>();
  for (const FUNCTION_TARGET of functionNames) {
    try {
      configs.push(readFunctionConfig({ ...env, FUNCTION_TARGET }));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const problem of error.problems) problems.add(problem);
    }
  }
  const [config] = configs;
  if (problems.size > 0 || !config) throw new ConfigError([...problems]);
  return config;
}
