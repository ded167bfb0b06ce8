import { makeCatalog } from '../../shared/catalog-definition.ts';
import { hubspot, stripe } from '../../shared/catalog-api.ts';
import { recheckMessage } from '../../shared/anomalies/recheck-message.ts';

const catalog = makeCatalog({ sources: { contacts: { fields: hubspot() }, payments: { fields: stripe() } } });
const clean = {
  data: Buffer.from('{"event_id": 7}'),
  attributes: {
    ...{ stream: 'orders', type: 'Paid', event_id: '7', event_time: '2026-01-01T00:00:00.000Z' },
    ...{ idempotency_key: 'orders/7/0', origin: 'corrected', supersedes: 'orders/7/inferred', region: 'eu' },
  },
};

it('keeps the bytes, the stream and what the producer set, and nothing that Eventmend said of the event', () => {
  expect(recheckMessage(clean, catalog)).toEqual({
    data: clean.data,
    attributes: { stream: 'orders', region: 'eu', recheck: 'true' },
  });
});

it.each([
  ['contacts', 'contacts/0'],
  ['payments', 'payments'],
])('is read by the source of the stream %s, and is not split once more', (stream, source) => {
  const message = recheckMessage({ ...clean, attributes: { ...clean.attributes, stream } }, catalog);
  expect(message?.attributes['eventmend-source']).toBe(source);
});

it('there is none for an inferred event, which has no record', () => {
  const attributes = { ...clean.attributes, origin: 'reconstructed' };
  expect(recheckMessage({ ...clean, attributes }, catalog)).toBeUndefined();
});
