import { cloudEvents, defineCatalog, z } from 'eventmend/catalog';

export const catalog = defineCatalog({
  types: {
    'com.example.order.placed': {
      payload: z.looseObject({ order: z.string(), total: z.number() }),
      entity: 'data.order',
    },
    'com.example.order.shipped': { payload: z.looseObject({ order: z.string() }), entity: 'data.order' },
  },
  sources: {
    // The extension `sequence` counts the events of each `source`, so each source is a stream.
    orders: { stream: ['/source'], fields: cloudEvents({ sequence: true }) },
  },
  streams: {
    // Ten events are too few to be sure what is missing. Leave `minConfidence` out for your own stream.
    orders: { minConfidence: 0, duplicates: 'count' },
  },
});
