import { plainFormat, type Format } from '../format.ts';
import { unnumbered } from './unnumbered.ts';

/** `eventId` alone is not unique, as HubSpot's documentation says. */
export const hubspotFormat: Format = {
  ...plainFormat,
  name: 'hubspot',
  fields: {
    event_id: [],
    type: ['/subscriptionType'],
    timestamp: [{ at: '/occurredAt', in: 'ms' }],
    uuid: [{ joined: ['/portalId', '/subscriptionId', '/eventId', '/objectId', '/occurredAt', '/propertyName'] }],
    valid: [],
    data: [''],
  },
  split: 'array',
  ignore: [{ at: '/attemptNumber' }],
  settings: unnumbered,
};
