import { catalog as built } from '../../shared/catalog.ts';
import { makeCatalog, type Catalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { settingsIn } from '../../shared/env.ts';
import type { Io } from '../command.ts';

/** The option of every command that reads the catalog. */
export const catalogOption = {
  kind: 'text',
  value: 'FILE',
  help: 'the catalog, in place of the one that was built; EVENTMEND_CATALOG may name it too',
} as const;

/** The file that --catalog or EVENTMEND_CATALOG names, if any. */
export function catalogFileOf(option: string | undefined, { env }: Pick<Io, 'env'>): string | undefined {
  return option ?? settingsIn(env).EVENTMEND_CATALOG;
}

/** Loads the catalog that a user chose: by --catalog, by EVENTMEND_CATALOG, or when Eventmend was built. */
export async function chooseCatalogDefinition(
  option: string | undefined,
  io: Pick<Io, 'env'>,
): Promise<CatalogDefinition> {
  const file = catalogFileOf(option, io);
  if (file === undefined) return built;
  // Only now: the scheduled checks have no compiler beside them, and no file to compile.
  const { loadCatalogFile } = await import('./load-catalog-file.ts');
  return loadCatalogFile(file);
}

/** Loads the catalog that a user chose, ready to use. */
export async function chooseCatalog(option: string | undefined, io: Io): Promise<Catalog> {
  return makeCatalog(await chooseCatalogDefinition(option, io));
}
