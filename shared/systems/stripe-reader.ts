import Stripe from 'stripe';
import { AccessError } from '../errors.ts';
import type { Ref } from '../verification/sighting.ts';
import { exchange, type Exchange } from './exchange.ts';
import type { ReadRecord, RecordReader } from './record-reader.ts';
import type { StripeSettings } from '../system-settings.ts';

/** Reads records of Stripe, one with each request. */
export class StripeReader implements RecordReader {
  private readonly settings: StripeSettings;

  constructor(settings: StripeSettings) {
    this.settings = settings;
  }

  maxBatch(): number {
    return 1;
  }

  async read(refs: readonly Ref[], signal: AbortSignal): Promise<readonly ReadRecord[]> {
    return Promise.all(refs.map((ref) => this.readOne(ref, signal)));
  }

  private async readOne(ref: Ref, signal: AbortSignal): Promise<ReadRecord> {
    const codeOf = (body: Readonly<Record<string, unknown>>): unknown => {
      const { code, type } = { ...(body.error as { readonly code?: unknown; readonly type?: unknown } | undefined) };
      return code ?? type;
    };
    const isAbsent = (code: string): boolean => code === 'resource_missing';
    const read = await exchange({ system: 'stripe', signal, codeOf, isAbsent }, (made) =>
      this.request(this.clientOf(made), ref),
    );
    if (!read) return { absent: true };
    this.checkMode(read.body);
    return read.body.deleted === true ? { absent: true } : { text: read.text };
  }

  private clientOf({ fetch }: Exchange): Stripe {
    const { key, baseUrl } = this.settings;
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

  private request(client: Stripe, { kind, id, account }: Ref): Promise<unknown> {
    const options = account === undefined ? {} : { stripeAccount: account };
    switch (kind) {
      case 'event':
        return client.events.retrieve(id, {}, options);
      case 'charge':
        return client.charges.retrieve(id, {}, options);
      case 'refund':
        return client.refunds.retrieve(id, {}, options);
      case 'payment_intent':
        return client.paymentIntents.retrieve(id, {}, options);
      default:
        return client.customers.retrieve(id, {}, options);
    }
  }

  /** Refuses a record of the other mode: a test key would correct events of customers by test data. */
  private checkMode({ livemode }: Readonly<Record<string, unknown>>): void {
    const { isLive } = this.settings;
    if (typeof livemode === 'boolean' && isLive !== undefined && livemode !== isLive)
      throw new AccessError('stripe: the record is of the other mode, live or test, than the key');
  }
}
