/** The exports for a catalog of one's own: `import { defineCatalog, z } from 'eventmend/catalog'` (docs/catalog.md). */
import type { CatalogDefinition } from './catalog-definition.ts';

export { z } from 'zod';
export { cloudEvents, debezium, hubspot, segment, stripe, twilio } from './sources/presets.ts';
export type { CatalogDefinition };

/** Returns the catalog as it is. The compiler checks its settings, and an editor completes them. */
export function defineCatalog(definition: CatalogDefinition): CatalogDefinition {
  return definition;
}
