import { withStreamSettings } from '../../shared/catalog-definition.ts';
import { catalogDefinition } from '../simulate/setting.ts';

/**
 * Stands in for shared/catalog.ts in the functions of a soak (`node build.mjs soak`): the types and streams of the simulator, whose
 * producers and laws it shares, with times that are short enough for gaps to be found, asked for and inferred in minutes.
 */
export const catalog = withStreamSettings(catalogDefinition, { graceMs: 5_000, resendTimeoutMs: 10_000 });
