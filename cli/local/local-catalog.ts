import { catalog } from '../../shared/catalog.ts';
import { withStreamSettings, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';

/**
 * Returns the catalog with settings for one machine. Nobody waits for late events there, and nobody answers a request
 * to resend. So a gap is inferred as soon as it is found.
 */
export function localCatalog(settings: Partial<StreamSettings> = {}): CatalogDefinition {
  return withStreamSettings(catalog, { graceMs: 0, resendTimeoutMs: 0, ...settings });
}

/** Returns the local catalog for the sample stream: ten events are little evidence, so any confidence is enough. */
export function sampleCatalog(): CatalogDefinition {
  return localCatalog({ minConfidence: 0 });
}
