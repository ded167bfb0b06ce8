import { withStreamSettings } from '../../shared/catalog-definition.ts';
import { catalogDefinition } from '../simulation/setting.ts';

/**
 * The catalog of a soak, in place of shared/catalog.ts (`node build.mjs soak`): the types and streams of the simulator, because a
 * soak uses its producers and its laws. The times are short, so that gaps are found, asked for and inferred within minutes.
 */
const soakCatalog = withStreamSettings(catalogDefinition, { graceMs: 5_000, resendTimeoutMs: 10_000 });

export { soakCatalog as catalog };
