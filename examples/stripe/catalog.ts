import { defineCatalog, stripe, z } from 'eventmend/catalog';

const payment = z.looseObject({ id: z.string(), amount: z.int(), currency: z.string() });

export const catalog = defineCatalog({
  types: {
    // The payload is the object that the event tells of: `data.object`.
    'payment_intent.succeeded': { payload: payment, inferable: false },
    'charge.refunded': { payload: payment, inferable: false },
  },
  sources: {
    // Nobody else can write into the stream `stripe`.
    'stripe-webhooks': { stream: 'stripe', fields: stripe() },
  },
});
