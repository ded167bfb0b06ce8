import type { StandInSystem } from './records.ts';

/**
 * The day on which the list below was last compared with the OpenAPI files of HubSpot (its contacts, companies and custom
 * objects, which stand for deals) and of Twilio. Stripe's file was not at hand.
 */
export const vendorPathsDate = '2026-11-26';

/** A path of a vendor's API that Eventmend calls, and that the stand-in serves. */
export interface VendorPath {
  readonly system: StandInSystem;
  readonly method: 'get' | 'post';
  /** The path, with `{}` for a value. */
  readonly path: string;
  /** The members of the answer that Eventmend reads. `a/b` is a member of a, or of each element of the array a. */
  readonly fields: readonly string[];
}

const ofRecord = ['id', 'properties', 'createdAt', 'updatedAt', 'archived'];
const inResults = (fields: readonly string[]): readonly string[] => fields.map((field) => `results/${field}`);
const ofMoney = ['id', 'object', 'livemode', 'created', 'amount', 'currency'];
const ofEvent = ['id', 'object', 'livemode', 'created', 'type', 'data'];
const ofTwilio = ['sid', 'account_sid', 'status', 'from', 'to', 'direction', 'date_updated'];

const hubspot = (type: string): readonly VendorPath[] => [
  {
    system: 'hubspot',
    method: 'post',
    path: `/crm/v3/objects/${type}/batch/read`,
    fields: inResults([...ofRecord, 'propertiesWithHistory']),
  },
  { system: 'hubspot', method: 'post', path: `/crm/v3/objects/${type}/search`, fields: inResults(ofRecord) },
];

const stripe = (path: string, fields: readonly string[]): VendorPath => ({
  system: 'stripe',
  method: 'get',
  path,
  fields,
});

const account = '/2010-04-01/Accounts/{}';
const twilio = (path: string, fields: readonly string[]): VendorPath => ({
  system: 'twilio',
  method: 'get',
  path: `${account}${path}`,
  fields,
});

/** All paths that Eventmend calls. */
export const vendorPaths: readonly VendorPath[] = [
  ...['contacts', 'companies', 'deals'].flatMap(hubspot),
  stripe('/v1/events/{}', ofEvent),
  stripe('/v1/events', ['has_more', ...ofEvent.map((field) => `data/${field}`)]),
  stripe('/v1/charges/{}', ofMoney),
  stripe(
    '/v1/refunds/{}',
    ofMoney.filter((field) => field !== 'livemode'),
  ),
  stripe('/v1/payment_intents/{}', ofMoney),
  stripe('/v1/customers/{}', ['id', 'object', 'livemode', 'created']),
  twilio('/Messages/{}.json', [...ofTwilio, 'body']),
  twilio('/Messages.json', ['next_page_uri', ...ofTwilio.map((field) => `messages/${field}`)]),
  twilio('/Calls/{}.json', ofTwilio),
];
