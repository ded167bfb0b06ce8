import type Stripe from 'stripe';
import type { StripeSettings } from '../system-settings.ts';
import type { Ref } from '../verification/sighting.ts';
import { exchange } from './exchange.ts';
import type { ReadRecord, RecordReader } from './record-reader.ts';
import { checkMode, stripeClient, stripeCode } from './stripe-client.ts';

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
    const isAbsent = (code: string): boolean => code === 'resource_missing';
    const read = await exchange({ system: 'stripe', signal, codeOf: stripeCode, isAbsent }, (made) =>
      this.request(stripeClient(this.settings, made), ref),
    );
    if (!read) return { absent: true };
    checkMode(read.body, this.settings);
    return read.body.deleted === true ? { absent: true } : { text: read.text };
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
}
