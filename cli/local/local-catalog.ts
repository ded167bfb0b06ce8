import { catalog } from '../../shared/catalog.ts';
import { withStreamSettings, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';

/**
 * Returns the catalog with settings for one machine. Nobody waits for late events there, and nobody answers a request
 * to resend. So a gap is inferred as soon as it is found, with any confidence.
 */
export function localCatalog(settings: Partial<StreamSettings> = {}): CatalogDefinition {
  return withStreamSettings(catalog, { graceMs: 0, resendTimeoutMs: 0, minConfidence: 0, ...settings });
}
