import { defineCatalog, z } from '../../shared/catalog-api.ts';

/**
 * The catalog of the sample. Ten events are little evidence, so any confidence is enough, and three payments too few to
 * doubt a gap.
 */
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
    Payment: {
      system: 'stripe',
      inferable: false,
      record: { kind: 'charge', id: '/data/charge', fields: { '/data/amount': '/amount' } },
    },
  },
  streams: {
    default: { minConfidence: 0 },
    payments: {
      doubt: { near: 1, far: 1, pairs: 0 },
      find: {
        system: 'stripe',
        types: ['charge.succeeded'],
        number: '/data/object/metadata/order',
        type: 'Payment',
        timestamp: '/created',
        in: 's',
        data: '/data/object',
      },
    },
  },
});
