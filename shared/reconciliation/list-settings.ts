import { z } from 'zod';
import { recordKinds, type SystemName } from '../record-kinds.ts';
import { milliseconds, oneOf, text } from '../setting-kinds.ts';

const aTypes = "a list of at least one type, such as 'charge.succeeded'";

/** The list of a system of record with which a stream is compared, as it stands in a catalog. */
export const listSchema = z.strictObject(
  {
    system: oneOf('hubspot', 'stripe', 'twilio').describe('the system of record that has the list'),
    types: z
      .array(z.string({ error: aTypes }), { error: aTypes })
      .min(1, { error: aTypes })
      .readonly()
      .describe(
        "Stripe: the types of events, at most 20; Twilio: the last statuses, of `'delivered'`, `'undelivered'`, `'failed'`, `'canceled'` and `'read'`; HubSpot: the kinds of records",
      ),
    accounts: z
      .array(text(/^(?:own|acct_\w{1,250})$/, "'own' or the id of a connected account"), {
        error: 'a list of accounts of Stripe',
      })
      .min(1, { error: 'a list of at least one account' })
      .readonly()
      .optional()
      .describe("Stripe only: the connected accounts whose events are compared, and `'own'`; by default only its own"),
    properties: z
      .array(text(/^[a-z][a-z0-9_]{0,127}$/, "the name of a property such as 'amount'"), {
        error: 'a list of properties of HubSpot',
      })
      .readonly()
      .optional()
      .describe('HubSpot only: the properties that a recovered record has'),
    since: z
      .union([z.iso.datetime({ offset: true }), z.iso.date()], {
        error: 'a date or time such as 2026-01-31T12:00:00Z',
      })
      .optional()
      .describe('from when on the first comparison looks; by default from when it is switched on'),
    lagMs: milliseconds(0)
      .optional()
      .describe('how late the list may show an item; by default 5 min for Stripe, 1 h for the others'),
    overlapMs: milliseconds(0)
      .optional()
      .describe('how far each comparison looks back into the one before; by default 10 min'),
  },
  { error: 'an object { system, types } and nothing else than accounts, properties, since, lagMs, overlapMs' },
);

export type ListSettings = Readonly<z.output<typeof listSchema>>;

/** A list with which a stream is compared. */
export interface StreamList {
  readonly stream: string;
  /** The name of its state: that of the system, with the connected account if there is one. */
  readonly name: string;
  readonly system: SystemName;
  readonly types: readonly string[];
  readonly account: string | undefined;
  readonly properties: readonly string[] | undefined;
  /** From when on the first comparison looks, in milliseconds since 1970. */
  readonly sinceMs: number | undefined;
  readonly lagMs: number;
  readonly overlapMs: number;
  /** How far back the system keeps the list. */
  readonly reachMs: number;
}

/** How far each comparison looks back into the one before, in milliseconds. */
export const defaultOverlapMs = 600_000;

const dayMs = 24 * 3_600_000;

/** The properties of a system's list. */
interface KnownList {
  readonly lagMs: number;
  readonly reachMs: number;
  /** Whether the list has a type. */
  readonly hasType: (type: string) => boolean;
  readonly wantedTypes: string;
  readonly maxTypes: number;
}

/** The statuses after which no other comes. A list does not tell those that a message has passed through. */
const lastStatuses = ['delivered', 'undelivered', 'failed', 'canceled', 'read'];
const kindsOfHubSpot = Object.keys(recordKinds.hubspot);

export const knownLists: Readonly<Record<SystemName, KnownList>> = {
  hubspot: {
    lagMs: 3_600_000,
    reachMs: Number.POSITIVE_INFINITY,
    hasType: (type) => kindsOfHubSpot.includes(type),
    wantedTypes: `one of ${kindsOfHubSpot.map((kind) => `'${kind}'`).join(', ')}`,
    maxTypes: kindsOfHubSpot.length,
  },
  stripe: {
    lagMs: 300_000,
    reachMs: 30 * dayMs,
    hasType: (type) => /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+$/.test(type),
    wantedTypes: "a type of event such as 'charge.succeeded'",
    maxTypes: 20,
  },
  twilio: {
    lagMs: 3_600_000,
    reachMs: Number.POSITIVE_INFINITY,
    hasType: (type) => lastStatuses.includes(type),
    wantedTypes: `a last status: ${lastStatuses.map((status) => `'${status}'`).join(', ')}`,
    maxTypes: lastStatuses.length,
  },
};

/** Completes the lists of a stream: one for each account. */
export function listsOf(stream: string, settings: ListSettings): readonly StreamList[] {
  const { system, types, accounts = ['own'], properties, since, overlapMs = defaultOverlapMs } = settings;
  const { reachMs, lagMs } = knownLists[system];
  return accounts.map((account) => ({
    stream,
    name: account === 'own' ? system : `${system}.${account}`,
    system,
    types: [...new Set(types)],
    account: account === 'own' ? undefined : account,
    properties,
    sinceMs: since === undefined ? undefined : Date.parse(since),
    lagMs: settings.lagMs ?? lagMs,
    overlapMs,
    reachMs,
  }));
}
