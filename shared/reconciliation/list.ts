/** The items that a list is asked for. */
export interface ListQuery {
  /** The span, both ends included, in milliseconds since 1970 and whole seconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Stripe's types of events, Twilio's last statuses, HubSpot's kinds of records. At least one. */
  readonly types: readonly string[];
  /** A connected account of Stripe. Undefined for the account of the key. */
  readonly account?: string | undefined;
  /** The properties that HubSpot is to show of each record. */
  readonly properties?: readonly string[] | undefined;
}

/** A page of a list. */
export interface ListPage {
  /** The JSON of each item, as it came. */
  readonly items: readonly string[];
  /** The cursor of the next page. Undefined if this is the last page. */
  readonly next: string | undefined;
}

/** A page, or `unknown cursor` if the system does not know the cursor any more. */
export type ListAnswer = ListPage | 'unknown cursor';
