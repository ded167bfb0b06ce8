import type { Mapping } from '../record-mapping.ts';
import type { CheckedEvent } from './checked-event.ts';
import { stringIn } from './json-places.ts';
import type { Ref } from './sighting.ts';

/** The form of an account: of HubSpot digits, of Stripe `acct_…`, of Twilio `AC…`. */
const accountForm = /^\w{1,64}$/;

/**
 * Returns the reference from an event to its record. Undefined if the event has none, or one that is not of the vendor's
 * form. Digits without quotation marks are taken as they are spelt, so that a long id is not rounded.
 */
export function referenceOf({ values, atMs }: CheckedEvent, mapping: Mapping): Ref | undefined {
  const id = wordAt(values?.textAt(mapping.id));
  if (id === undefined || !mapping.idPattern.test(id)) return undefined;
  const { kind, fields } = mapping;
  const wanted = fields.map(({ inRecord }) => inRecord);
  const former = fields.flatMap(({ inRecord, isFixed }) => (isFixed ? [] : [inRecord]));
  const account = mapping.account === undefined ? undefined : wordAt(values?.textAt(mapping.account));
  if (account !== undefined && !accountForm.test(account)) return undefined;
  return { kind, id, account, fields: wanted, former, eventMs: atMs };
}

/** Returns a text, or a whole number in plain digits. */
function wordAt(text: string | undefined): string | undefined {
  if (text === undefined || text === 'null') return undefined;
  return stringIn(text) ?? (/^\d+$/.test(text) ? text : '');
}
