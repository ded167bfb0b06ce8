/** A kind of record that a system of record holds. */
export interface RecordKind {
  /** Matches a whole id. An id is matched before any use. */
  readonly id: RegExp;
  /** Pointers to values that never change once the record exists. What lies below them never changes either. */
  readonly fixed: readonly string[];
}

const ofHubSpot: RecordKind = {
  id: /^\d{1,20}$/,
  fixed: ['/id', '/createdAt', '/properties/hs_object_id', '/properties/createdate'],
};

/** @param prefix The possible beginnings of an id, as alternatives of a pattern. */
function ofStripe(prefix: string, ...fixed: string[]): RecordKind {
  return { id: new RegExp(`^(?:${prefix})_\\w{1,250}$`), fixed: ['/id', '/object', '/livemode', '/created', ...fixed] };
}

function ofTwilio(prefix: string): RecordKind {
  return { id: new RegExp(`^(?:${prefix})[0-9a-f]{32}$`), fixed: ['/sid', '/from', '/to', '/direction'] };
}

/**
 * The systems of record and their kinds of records. What is fixed is what the vendors document, or what cannot change by
 * its meaning. An amount of a payment intent can change, and one of a charge cannot.
 */
export const recordKinds = {
  hubspot: { contact: ofHubSpot, company: ofHubSpot, deal: ofHubSpot },
  stripe: {
    event: ofStripe('evt', '/type', '/data', '/api_version'),
    charge: ofStripe('ch|py', '/amount', '/currency'),
    refund: ofStripe('re|pyr', '/amount', '/currency'),
    payment_intent: ofStripe('pi'),
    customer: ofStripe('cus'),
  },
  twilio: { message: ofTwilio('SM|MM'), call: ofTwilio('CA') },
} as const satisfies Readonly<Record<string, Readonly<Record<string, RecordKind>>>>;

export type SystemName = keyof typeof recordKinds;
export const systemNames = Object.keys(recordKinds) as readonly SystemName[];

/** Returns a kind of record. Undefined if the system has no such kind. */
export function recordKind(system: SystemName, kind: string): RecordKind | undefined {
  const kinds: Readonly<Record<string, RecordKind>> = recordKinds[system];
  return Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}

/** Returns the property of HubSpot with the time of a record's last change. */
export function modifiedProperty(kind: string): string {
  return kind === 'contact' ? 'lastmodifieddate' : 'hs_lastmodifieddate';
}
