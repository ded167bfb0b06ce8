import { withStreamSettings } from '../../shared/catalog-definition.ts';
import { catalogDefinition } from '../simulation/setting.ts';

/**
 * The catalog of a soak. `node build.mjs soak` bundles it in place of shared/catalog.ts, whose name it must export. It has the types
 * and streams of the simulator, since a soak uses the simulator's producers and laws. The times are short, so that gaps are found,
 * requested and inferred within minutes.
 */
const soakCatalog = withStreamSettings(catalogDefinition, { graceMs: 5_000, resendTimeoutMs: 10_000 });

export { soakCatalog as catalog };
