import { env, exit, stderr } from 'node:process';
import { makeCatalog, withStreamSettings, type Catalog } from '../shared/catalog-definition.ts';
import { catalog as definition } from '../shared/catalog.ts';
import { missingSystemKeys, type ProcessConfig } from '../shared/config.ts';
import { ConfigError } from '../shared/errors.ts';

/** Which parts of the systems of record a process asks for. */
export interface AskedSystems {
  readonly asksRecords: boolean;
  readonly readsLists: boolean;
}

/**
 * Reads the settings and the catalog of a process. If there are problems, it prints all of them and ends the process.
 *
 * @param asks Decides which keys of systems of record must be set.
 * @param check Returns further problems of the settings.
 */
export function readSettings<Config extends ProcessConfig>(
  read: () => Config,
  asks: AskedSystems | ((config: Config) => AskedSystems),
  check: (config: Config) => readonly string[] = () => [],
): { readonly config: Config; readonly catalog: Catalog } {
  const problems: string[] = [];
  const config = attempt(read, problems);
  const catalog = attempt(() => makeCatalog(withStreamSettings(definition, config?.streamSettings ?? {})), problems);
  if (config) problems.push(...check(config));
  if (catalog) problems.push(...missingKeys(catalog, typeof asks === 'function' ? config && asks(config) : asks));
  if (config && catalog && problems.length === 0) return { config, catalog };
  stderr.write(`${new ConfigError(problems).message}\n`);
  return exit(1);
}

function missingKeys({ systems, listedSystems }: Catalog, asks: AskedSystems | undefined): readonly string[] {
  return [
    ...(asks?.asksRecords ? missingSystemKeys(env, systems, 'events with records') : []),
    ...(asks?.readsLists ? missingSystemKeys(env, listedSystems, 'streams with the list') : []),
  ];
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
