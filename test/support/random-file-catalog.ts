import { z } from 'zod';
import type { CatalogDefinition } from '../../shared/catalog-definition.ts';

/** The catalog of the random files. It has a file of its own, from which a thread can load it. */
export const randomFileCatalog: CatalogDefinition = {
  types: {
    Opened: { entity: 'data.case' },
    Closed: { entity: 'data.case' },
    Paid: { inferable: false, payload: z.looseObject({ amount: z.number().optional() }) },
  },
  streams: {
    default: { minConfidence: 0, maxJump: 300 },
    counted: { duplicates: 'count', key: 'event_id' },
    global: { uuid: 'global' },
    unnumbered: { numbering: 'none', bucketMs: 10 },
  },
  sources: {
    machines: {
      fields: { event_id: '/seq', type: '/kind', timestamp: { at: '/at', in: 'ms' }, data: '' },
      split: 'array',
    },
  },
};
