import { defineCatalog, hubspot, z } from 'eventmend/catalog';

export const catalog = defineCatalog({
  types: {
    // The payload is the whole event.
    'contact.creation': { payload: z.looseObject({ objectId: z.int() }) },
    'contact.propertyChange': {
      payload: z.looseObject({ objectId: z.int(), propertyName: z.string(), propertyValue: z.string() }),
    },
  },
  sources: {
    // HubSpot sends arrays. Each element becomes an event of its own.
    'hubspot-webhooks': { stream: 'hubspot', fields: hubspot() },
  },
});
