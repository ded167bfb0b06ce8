import type Stripe from 'stripe';
import type { ListAnswer, ListQuery } from '../reconciliation/list.ts';
import type { StripeSettings } from '../system-settings.ts';
import { exchange } from './exchange.ts';
import { itemsIn, unreadableList } from './items-in.ts';
import { unlessUnknown, type ListReader } from './list-reader.ts';
import { checkMode, stripeClient, stripeCode } from './stripe-client.ts';

/** The maximum number of events in a page. */
const pageSize = 100;

/** Reads Stripe's list of events, the newest first. The cursor is the id of the last event of a page. */
export class StripeList implements ListReader {
  private readonly settings: StripeSettings;

  constructor(settings: StripeSettings) {
    this.settings = settings;
  }

  async page(query: ListQuery, after: string | undefined, signal: AbortSignal): Promise<ListAnswer> {
    const read = await unlessUnknown(after, () =>
      exchange({ system: 'stripe', signal, codeOf: stripeCode, isAbsent: () => false }, (made) =>
        stripeClient(this.settings, made).events.list(paramsOf(query, after), optionsOf(query)),
      ),
    );
    if (read === 'unknown cursor') return read;
    const items = itemsIn('stripe', read?.text ?? '', 'data');
    for (const { members } of items) checkMode(members, this.settings);
    const last = items.at(-1)?.members.id;
    const hasMore = read?.body.has_more === true;
    if (hasMore && typeof last !== 'string') throw unreadableList('stripe');
    return { items: items.map(({ text }) => text), next: hasMore ? String(last) : undefined };
  }
}

function paramsOf({ fromMs, toMs, types }: ListQuery, after: string | undefined): Stripe.EventListParams {
  return {
    limit: pageSize,
    created: { gte: Math.floor(fromMs / 1_000), lte: Math.floor(toMs / 1_000) },
    types: [...types],
    ...(after !== undefined && { starting_after: after }),
  };
}

function optionsOf({ account }: ListQuery): Stripe.RequestOptions {
  return account === undefined ? {} : { stripeAccount: account };
}
