import { withStreamSettings, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { catalogDefinition, types } from '../simulation/setting.ts';

/**
 * The catalog of a soak. `node build.mjs soak` bundles it in place of shared/catalog.ts, whose name it must export. It has the types
 * and streams of the simulator, since a soak uses the simulator's producers and laws. The times are short, so that gaps are found,
 * requested and inferred within minutes. There is no system of record, so every event that must be checked is refused.
 */
const soakTypes: CatalogDefinition['types'] = Object.fromEntries(
  Object.entries(types).map(([name, type]) => [name, { ...type, record: undefined }] as const),
);
const soakCatalog = withStreamSettings(
  { ...catalogDefinition, types: soakTypes },
  { graceMs: 5_000, resendTimeoutMs: 10_000 },
);

export { soakCatalog as catalog };
