// Copies changed contacts into another HubSpot account. A change that comes twice, or after a later one, changes nothing.
import { Client } from '@hubspot/api-client';
import { PubSub } from '@google-cloud/pubsub';

const { HUBSPOT_ACCESS_TOKEN: accessToken, HUBSPOT_BASE_URL: basePath } = process.env;
const contacts = new Client({ accessToken, basePath }).crm.contacts.batchApi;
const [subscription] = await new PubSub().topic('cleaned-events').subscription('contacts').get({ autoCreate: true });
// One change at a time: the next one reads when the one before it has written.
subscription.setOptions({ flowControl: { maxMessages: 1, allowExcessMessages: false } });
subscription.on('message', async (message) => {
  const { stream, type, idempotency_key: key } = message.attributes;
  if (stream === 'hubspot' && type === 'contact.propertyChange') {
    const { objectId, propertyName: name, propertyValue, occurredAt } = JSON.parse(message.data);
    const contact = { id: `${objectId}`, idProperty: 'source_id' };
    const changedAt = `${name}_changed_at`;
    const { results } = await contacts.read({ ...contact, inputs: [{ id: contact.id }], properties: [changedAt] });
    const isNew = occurredAt > Number(results[0]?.properties[changedAt] ?? 0);
    const properties = { [name]: propertyValue, [changedAt]: `${occurredAt}`, last_event: key };
    if (isNew) await contacts.upsert({ inputs: [{ ...contact, properties }] });
    console.log(`${isNew ? 'updated' : 'knew'} ${name} of ${objectId}`);
  }
  message.ack();
});
console.log('ready: Ctrl-C ends it');
