import { plainFormat, type Format } from '../format.ts';
import { unnumbered } from './unnumbered.ts';

/** `created` is a number of seconds in events of the API v1, and a text in thin events of the API v2. */
export const stripeFormat: Format = {
  ...plainFormat,
  name: 'stripe',
  fields: {
    event_id: [],
    type: ['/type'],
    timestamp: [{ at: '/created', in: 's' }],
    uuid: ['/id'],
    valid: [],
    data: ['/data/object'],
  },
  // The number of webhooks that have not yet answered.
  ignore: [{ at: '/pending_webhooks' }],
  settings: unnumbered,
};
