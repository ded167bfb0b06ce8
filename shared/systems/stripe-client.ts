import Stripe from 'stripe';
import { AccessError } from '../errors.ts';
import type { StripeSettings } from '../system-settings.ts';
import type { Exchange } from './exchange.ts';

/** Makes a client for one request. Its own retries are off, except one after a closed connection. */
export function stripeClient({ key, baseUrl }: StripeSettings, { fetch }: Exchange): Stripe {
  return new Stripe(key, {
    httpClient: Stripe.createFetchHttpClient(fetch),
    maxNetworkRetries: 0,
    telemetry: false,
    ...(baseUrl && {
      host: baseUrl.hostname,
      port: baseUrl.port === '' ? (baseUrl.protocol === 'http:' ? 80 : 443) : Number(baseUrl.port),
      protocol: baseUrl.protocol === 'http:' ? 'http' : 'https',
    }),
  });
}

/** Returns Stripe's code in the body of an error, or the type of the error. */
export function stripeCode(body: Readonly<Record<string, unknown>>): unknown {
  const { code, type } = { ...(body.error as { readonly code?: unknown; readonly type?: unknown } | undefined) };
  return code ?? type;
}

/** @throws AccessError for a record of the other mode: a test key would correct events of customers by test data. */
export function checkMode({ livemode }: Readonly<Record<string, unknown>>, { isLive }: StripeSettings): void {
  if (typeof livemode === 'boolean' && isLive !== undefined && livemode !== isLive)
    throw new AccessError('stripe: the record is of the other mode, live or test, than the key');
}
