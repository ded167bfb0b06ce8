import { defineCatalog, z } from '../../shared/catalog-api.ts';

/** The catalog of the sample stream. Ten events are little evidence, so any confidence is enough. */
export const sampleCatalog = defineCatalog({
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
  streams: { default: { minConfidence: 0 } },
});
