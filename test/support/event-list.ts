import type { EventList } from '../../shared/ports.ts';
import type { ListAnswer, ListQuery } from '../../shared/reconciliation/list.ts';

/** An event of a list, as Stripe shows it. */
export interface StripeItem {
  readonly id: string;
  readonly createdMs: number;
  /** When the list shows it, in milliseconds since 1970. By default from when it was created. */
  readonly shownFromMs?: number;
  /** Other members. */
  readonly rest?: object;
}

/** Writes an event of Stripe. */
export function stripeText({ id, createdMs, rest }: StripeItem): string {
  const created = Math.floor(createdMs / 1_000);
  return JSON.stringify({ id, object: 'event', type: 'charge.succeeded', created, livemode: false, ...rest });
}

/** A list in memory with the rules of Stripe's: the newest first, and an id as the cursor. */
export class ListInMemory implements EventList {
  readonly asked: { readonly query: ListQuery; readonly after: string | undefined }[] = [];
  readonly items: StripeItem[];
  private readonly now: () => number;
  private readonly pageSize: number;

  constructor(items: readonly StripeItem[], now: () => number, pageSize = 100) {
    this.items = [...items];
    this.now = now;
    this.pageSize = pageSize;
  }

  async page(query: ListQuery, after?: string): Promise<ListAnswer> {
    this.asked.push({ query, after });
    await Promise.resolve();
    const nowMs = this.now();
    const found = this.items
      .filter(({ createdMs, shownFromMs = createdMs }) => shownFromMs <= nowMs && isWithin(createdMs, query))
      .sort((a, b) => b.createdMs - a.createdMs);
    const start = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && start === 0) return 'unknown cursor';
    const shown = found.slice(start, start + this.pageSize);
    const next = start + shown.length < found.length ? shown.at(-1)?.id : undefined;
    return { items: shown.map(stripeText), next };
  }
}

function isWithin(createdMs: number, { fromMs, toMs }: ListQuery): boolean {
  return createdMs >= fromMs && createdMs <= toMs;
}
