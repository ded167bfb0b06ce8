import { z } from 'zod';
import type { CatalogDefinition } from './catalog-definition.ts';

/**
 * The one file to edit: which types of event there are, what their data must look like, which system of record knows the truth
 * about them, and how each stream is treated. stream-settings.ts explains every setting and gives its default.
 */
export const catalog: CatalogDefinition = {
  types: {
    LeadCreated: { system: 'hubspot' },
    CRM_Sync: { system: 'hubspot' },
    Transaction: {
      system: 'stripe',
      // Money is never made up.
      inferable: false,
      payload: z.looseObject({ amount: z.number().optional(), currency: z.string().length(3).optional() }).optional(),
    },
  },
  unknownTypes: 'pass',
  streams: {},
};
