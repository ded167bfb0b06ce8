import { catalog } from '../../shared/catalog.ts';
import { withStreamSettings, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';

/**
 * The catalog with settings for one machine, where nobody waits for stragglers or answers a request to resend: a gap is inferred
 * as soon as it is found, however unsure.
 */
export function localCatalog(settings: Partial<StreamSettings> = {}): CatalogDefinition {
  return withStreamSettings(catalog, { graceMs: 0, resendTimeoutMs: 0, minConfidence: 0, ...settings });
}
