import { withStreamSettings, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';

/**
 * Returns a catalog with the times of one machine. Nobody waits for late events there, and nobody answers a request to
 * resend. So a gap is inferred as soon as it is found.
 */
export function localCatalog(definition: CatalogDefinition, settings: Partial<StreamSettings> = {}): CatalogDefinition {
  return withStreamSettings(definition, { graceMs: 0, resendTimeoutMs: 0, ...settings });
}
