import { z } from 'zod';
import type { CatalogDefinition } from './catalog-definition.ts';

/**
 * The one file to edit. It lists the types of events, the schema of their data, the system of record that knows the
 * truth about them, and the settings of each stream. stream-settings.ts explains every setting and its default.
 */
export const catalog: CatalogDefinition = {
  types: {
    LeadCreated: { system: 'hubspot' },
    CRM_Sync: { system: 'hubspot' },
    Transaction: {
      system: 'stripe',
      // Events that move money are never inferred.
      inferable: false,
      payload: z.looseObject({ amount: z.number().optional(), currency: z.string().length(3).optional() }).optional(),
    },
  },
  unknownTypes: 'pass',
  streams: {},
};
