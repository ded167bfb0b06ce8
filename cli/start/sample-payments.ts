import type { Message } from '../../shared/messages/message.ts';
import type { EventList, SystemOfRecord } from '../../shared/ports.ts';
import { drawTable, paint, type TableCell, type TerminalShape } from '../screen/table.ts';
import { recordFileSchema, StandInRecords } from '../systems/records.ts';

/** The stream of the payments. */
export const paymentStream = 'payments';

/** Three payments of the shop. Stripe knows another amount of the second one, and a payment that no message brought. */
export const samplePayments: readonly string[] = [
  '{"event_id": 1, "type": "Payment", "timestamp": "2025-02-09T12:00:00", "valid": true, "data": {"charge": "ch_1", "amount": 4200}}',
  '{"event_id": 2, "type": "Payment", "timestamp": "2025-02-09T12:01:00", "valid": false, "data": {"charge": "ch_2", "amount": 999}}',
  '{"event_id": 4, "type": "Payment", "timestamp": "2025-02-09T12:03:00", "valid": true, "data": {"charge": "ch_4", "amount": 2100}}',
];

const charge = (id: string, amount: number) => ({ id, object: 'charge', amount, metadata: {} });

const records = recordFileSchema.parse({
  stripe: {
    charge: { ch_1: charge('ch_1', 4200), ch_2: charge('ch_2', 1500), ch_4: charge('ch_4', 2100) },
    event: {
      evt_3: {
        id: 'evt_3',
        type: 'charge.succeeded',
        created: Date.UTC(2025, 1, 9, 12, 2) / 1_000,
        data: { object: { ...charge('ch_3', 800), metadata: { order: '3' } } },
      },
    },
  },
});

/** Stands in for Stripe in this process, without HTTP. */
export class SampleStripe implements SystemOfRecord, EventList {
  private readonly records = new StandInRecords(records);

  look(refs: Parameters<SystemOfRecord['look']>[0]): ReturnType<SystemOfRecord['look']> {
    const fetchedAtMs = Math.max(...refs.map(({ eventMs }) => eventMs));
    const seen = refs.map(({ kind, id }) => {
      const record = this.records.find('stripe', kind, id);
      return record ? { text: JSON.stringify(record), fetchedAtMs } : { absent: true as const, fetchedAtMs };
    });
    return Promise.resolve(seen);
  }

  page({ types }: Parameters<EventList['page']>[0]): ReturnType<EventList['page']> {
    const listed = this.records.list('stripe', 'event', Number.POSITIVE_INFINITY);
    const items = listed.filter(({ type }) => types.includes(String(type))).map((event) => JSON.stringify(event));
    return Promise.resolve({ items, next: undefined });
  }
}

interface Payment {
  readonly event_id?: number;
  readonly type?: string;
  readonly data?: { readonly amount?: number };
  readonly _eventmend?: { readonly corrections?: readonly { readonly before?: unknown }[] };
}

/** Draws the clean payments, and what Stripe knew better. */
export function drawPayments(clean: readonly Message[], terminal: TerminalShape): string {
  const rows = clean.map(({ data, attributes }) => {
    const { event_id, type, data: { amount } = {}, _eventmend } = JSON.parse(Buffer.from(data).toString()) as Payment;
    const before = _eventmend?.corrections?.[0]?.before;
    const became: TableCell =
      attributes.origin === 'corrected'
        ? { text: `corrected: was ${String(before)}`, style: 'cyan' }
        : attributes.method === 'recovered'
          ? { text: 'recovered', style: 'cyan' }
          : { text: 'clean', style: 'green' };
    return [...[event_id, type, amount].map((value) => ({ text: String(value) })), became];
  });
  const columns = [{ title: 'event_id' }, { title: 'type' }, { title: 'amount' }, { title: 'became' }];
  const heading = paint('  3 payments came in, and were compared with a stand-in for Stripe', 'bold', terminal);
  return ['', heading, '', drawTable(columns, rows, terminal), '', ''].join('\n');
}
