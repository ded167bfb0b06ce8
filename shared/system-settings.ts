import { z } from 'zod';
import type { SystemName } from './record-kinds.ts';
import { numberText, text } from './setting-kinds.ts';

/** The keys and addresses of the systems of record. Only those that are set are there. */
export interface SystemSettings {
  readonly hubspot?: HubSpotSettings | undefined;
  readonly stripe?: StripeSettings | undefined;
  readonly twilio?: TwilioSettings | undefined;
  /** The part of the vendors' limits that Eventmend uses, from 0 to 1. */
  readonly useShare: number;
  /** The maximum number of instances of this function. */
  readonly maxInstances: number;
}

export interface HubSpotSettings {
  readonly token: string;
  /** The portal of the token. Undefined if it is not checked. */
  readonly portalId?: string | undefined;
  /** Another address than the vendor's. */
  readonly baseUrl?: URL | undefined;
}

export interface StripeSettings {
  readonly key: string;
  /** Whether the key is one of the live mode. Undefined if it does not tell. */
  readonly isLive?: boolean | undefined;
  readonly baseUrl?: URL | undefined;
}

export interface TwilioSettings {
  readonly accountSid: string;
  /** An API key, or the account's sid with its auth token as secret. */
  readonly key: string;
  readonly secret: string;
  readonly baseUrl?: URL | undefined;
}

const wantedUrl = 'a URL that begins with https://, or with http:// on this machine';
// A problem spells the value that it refuses, so the forms of keys are not checked: a key must not be printed.
const secret = () => z.string({ error: 'a key' }).optional();

const baseUrl = () =>
  z
    .string({ error: wantedUrl })
    .refine((url) => URL.canParse(url) && isSafe(new URL(url)), { error: wantedUrl })
    .transform((url) => new URL(url))
    .optional();

/** Whether nobody on the way can read a key: the address uses https, or does not leave this machine. */
function isSafe({ protocol, hostname, username, search }: URL): boolean {
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && isLocal)) && username === '' && search === '';
}

/** The variables of the systems of record. */
export const systemVariables = z.object({
  HUBSPOT_ACCESS_TOKEN: secret().describe('the access token of a private app of HubSpot'),
  HUBSPOT_PORTAL_ID: text(/^\d{1,20}$/, "a portal's id")
    .optional()
    .describe('the portal of the token. Events of another portal are not looked up'),
  HUBSPOT_BASE_URL: baseUrl().describe("another address than HubSpot's, such as that of `npm run systems`"),
  STRIPE_API_KEY: secret().describe('a restricted key of Stripe that can read'),
  STRIPE_BASE_URL: baseUrl().describe("another address than Stripe's"),
  TWILIO_ACCOUNT_SID: text(/^AC[0-9a-f]{32}$/, "an account's sid: AC and 32 hexadecimal digits")
    .optional()
    .describe('the account of Twilio'),
  TWILIO_API_KEY: secret().describe("an API key of Twilio, or the account's sid"),
  TWILIO_API_SECRET: secret().describe("the secret of the key, or the account's auth token"),
  TWILIO_BASE_URL: baseUrl().describe("another address than Twilio's"),
  SYSTEM_USE_SHARE: numberText(/^\d+(\.\d+)?$/, (share) => share > 0 && share <= 1, 'a number above 0, at most 1')
    .default(0.5)
    .describe("the part of the systems' rate limits that Eventmend may use"),
  MAX_INSTANCES: numberText(/^\d+$/, (count) => count >= 1 && count <= 1_000, 'a whole number from 1 to 1000')
    .default(1)
    .describe('the maximum number of instances of the function, which share the rate limits. The deployment sets it'),
});

type SystemVariables = z.output<typeof systemVariables>;

/** Collects the variables of each system. A system without all of its keys has no settings. */
export function systemSettingsOf(variables: SystemVariables): SystemSettings {
  const { HUBSPOT_ACCESS_TOKEN: token, STRIPE_API_KEY: key, TWILIO_ACCOUNT_SID: accountSid } = variables;
  const { TWILIO_API_KEY, TWILIO_API_SECRET } = variables;
  const hasTwilio = accountSid !== undefined && TWILIO_API_KEY !== undefined && TWILIO_API_SECRET !== undefined;
  return {
    ...(token !== undefined && {
      hubspot: { token, portalId: variables.HUBSPOT_PORTAL_ID, baseUrl: variables.HUBSPOT_BASE_URL },
    }),
    ...(key !== undefined && { stripe: { key, isLive: isLiveKey(key), baseUrl: variables.STRIPE_BASE_URL } }),
    ...(hasTwilio && {
      twilio: { accountSid, key: TWILIO_API_KEY, secret: TWILIO_API_SECRET, baseUrl: variables.TWILIO_BASE_URL },
    }),
    useShare: variables.SYSTEM_USE_SHARE,
    maxInstances: variables.MAX_INSTANCES,
  };
}

function isLiveKey(key: string): boolean | undefined {
  if (/^[rs]k_live_/.test(key)) return true;
  return /^[rs]k_test_/.test(key) ? false : undefined;
}

/** The variables without which a system cannot be reached. */
export const neededVariables = {
  hubspot: ['HUBSPOT_ACCESS_TOKEN'],
  stripe: ['STRIPE_API_KEY'],
  twilio: ['TWILIO_ACCOUNT_SID', 'TWILIO_API_KEY', 'TWILIO_API_SECRET'],
} as const satisfies Readonly<Record<SystemName, readonly (keyof SystemVariables)[]>>;
