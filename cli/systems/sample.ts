import { standInKeys } from './keys.ts';
import type { RecordFile } from './records.ts';

const { TWILIO_ACCOUNT_SID } = standInKeys;

/** The records of a stand-in that is started without a file. */
export const sampleRecords: RecordFile = {
  hubspot: {
    contact: {
      101: {
        id: '101',
        createdAt: '2025-02-09T11:00:00.000Z',
        updatedAt: '2025-02-09T12:00:00.000Z',
        properties: { email: 'ada@example.com', firstname: 'Ada', hs_object_id: '101' },
        propertiesWithHistory: {
          firstname: [{ value: 'Ada', timestamp: '2025-02-09T11:00:00.000Z', sourceType: 'CRM_UI' }],
        },
      },
    },
    company: {},
    deal: {
      201: {
        id: '201',
        createdAt: '2025-02-09T11:00:00.000Z',
        updatedAt: '2025-02-09T12:00:00.000Z',
        properties: { amount: '1500.00', dealstage: 'closedwon', hs_object_id: '201' },
        propertiesWithHistory: {
          amount: [
            { value: '1500.00', timestamp: '2025-02-09T12:00:00.000Z', sourceType: 'CRM_UI' },
            { value: '1000.00', timestamp: '2025-02-09T11:00:00.000Z', sourceType: 'CRM_UI' },
          ],
        },
      },
    },
  },
  stripe: {
    event: {
      evt_1: {
        id: 'evt_1',
        object: 'event',
        api_version: '2025-01-27.acacia',
        created: 1_739_102_400,
        livemode: false,
        type: 'charge.succeeded',
        data: { object: { id: 'ch_1', object: 'charge', amount: 4_200, currency: 'eur' } },
      },
    },
    charge: {
      ch_1: {
        id: 'ch_1',
        object: 'charge',
        amount: 4_200,
        currency: 'eur',
        created: 1_739_102_400,
        livemode: false,
        status: 'succeeded',
      },
    },
    refund: {},
    payment_intent: {},
    customer: {},
  },
  twilio: {
    message: {
      [`SM${'1'.repeat(32)}`]: {
        sid: `SM${'1'.repeat(32)}`,
        account_sid: TWILIO_ACCOUNT_SID,
        body: 'Your code is 1234',
        from: '+15005550006',
        to: '+15005550001',
        direction: 'outbound-api',
        status: 'delivered',
        date_created: 'Sun, 09 Feb 2025 11:59:58 +0000',
        date_sent: 'Sun, 09 Feb 2025 11:59:59 +0000',
        date_updated: 'Sun, 09 Feb 2025 12:00:00 +0000',
      },
    },
    call: {},
  },
};
