import { defineCatalog, z } from 'eventmend/catalog';

export const catalog = defineCatalog({
  types: {
    OrderPlaced: { payload: z.looseObject({ order: z.string(), total: z.number() }) },
    OrderPaid: { payload: z.looseObject({ order: z.string(), amount: z.number() }) },
  },
  sources: {
    // The columns of the table.
    outbox: {
      fields: {
        event_id: '/seq',
        uuid: '/id',
        type: '/kind',
        timestamp: { at: '/created_at', in: 'ms' },
        data: '/payload',
      },
    },
  },
  streams: {
    // A transaction that is rolled back leaves a hole in `seq`. So what is missing is asked for, and never invented.
    outbox: { numbering: { holes: 'normal' }, duplicates: 'count' },
  },
});
