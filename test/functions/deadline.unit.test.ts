import { deliveredTo, functionBuilders, type DeliveredTo } from '../../functions/builders.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { interceptServices } from '../../shared/embedded/intercept.ts';
import { makeEmbeddedStores } from '../../shared/embedded/ports.ts';
import type { Ports, Services } from '../../shared/function-instance.ts';
import { startProgress } from '../../shared/gaps/progress.ts';
import { writeRequest } from '../../shared/gaps/request.ts';
import type { Delivery, Message } from '../../shared/messages/message.ts';
import { aDelivery, aProgress, aGap, aRoutedDelivery } from '../support/builders.ts';
import { CommitHarness } from '../support/commits.ts';
import { portsInMemory } from '../support/ports.ts';
import { recordsWith, typeWithNote } from '../support/records.ts';

const deadlineMs = 7_000;

/** Ports that record by which deadline each of their calls was made. */
class RecordingPorts {
  readonly calls: string[] = [];
  private readonly shop = new CommitHarness();
  private readonly stores = makeEmbeddedStores(this.shop.turns.step);

  async deliver(name: DeliveredTo, message: Partial<Message> & { topic: string }): Promise<void> {
    const progress = name === 'sweep' ? aProgress({ stream: 'orders' }) : startProgress('orders');
    const filed = this.stores.ledger.saveProgress('orders', progress, undefined, [
      aGap({ from: 5, to: 6, state: 'requested' }),
    ]);
    await this.shop.settle(filed);
    const delivery: Delivery = { ...aDelivery(), ...message, deadlineMs };
    await this.shop.settle(functionBuilders[name](this.ports()).handler(delivery));
  }

  private ports(): Ports {
    const plain = portsInMemory({
      ...this.stores,
      publisher: { publish: () => Promise.resolve() },
      systems: new Map([['hubspot', recordsWith()]]),
      catalog: makeCatalog({
        streams: { orders: { uuid: 'global' } },
        types: { LeadCreated: { ...typeWithNote, watch: { recheck: true } } },
      }),
      clock: this.shop.clock,
    });
    const until = (byMs: number): Services =>
      interceptServices(plain, ({ method }, proceed) => {
        this.calls.push(`${method} by ${byMs}`);
        return proceed();
      });
    return { ...plain, ...until(Number.POSITIVE_INFINITY), portsUntil: until };
  }
}

const tooLarge = Buffer.from(
  `{"event_id":1,"type":"LeadCreated","timestamp":"2025-02-09T12:00:00","data":"${'x'.repeat(9_200_000)}"}`,
);
const deadLetter = { 'eventmend-code': 'ERR_DUPLICATE', 'eventmend-stage': 'track', 'eventmend-root': 'events/1' };
const anomaly = {
  stream: 'orders',
  type: 'LeadCreated',
  start: '2025-02-09T12:00:00Z',
  end: '2025-02-09T13:00:00Z',
  measure: 'count',
  value: 9,
  expected: 2,
  score: 7,
};
const request = { stream: 'orders', from: 5, to: 6, attempt: 1, deadlineMs: 1, phase: 'infer' } as const;

/** Calls that serve many deliveries, and have a time-out of their own: of group commits, of the bounds of a stream, of a history. */
const shared: Readonly<Partial<Record<DeliveredTo, readonly string[]>>> = {
  track: ['below', 'read', 'write', 'progress'],
  reconstruct: ['scan', 'lateAnswers'],
};

describe('every call that a function makes for a delivery ends by the deadline of that delivery', () => {
  const cases: readonly (readonly [DeliveredTo, Partial<Message> & { topic: string }, readonly string[]])[] = [
    ['validate', { topic: 'events', data: tooLarge }, ['keep', 'publish']],
    ['track', aRoutedDelivery({ key: 'u-1' }), ['claim', 'publish']],
    ['verify', aRoutedDelivery({ toBeChecked: true }), ['look', 'publish']],
    ['archive', { topic: 'dead-letter-queue', attributes: deadLetter }, ['find', 'save']],
    ['store', { topic: 'cleaned-events', attributes: { idempotency_key: 'a/2', supersedes: 'a/1' } }, ['bury', 'put']],
    ['sweep', { topic: 'sweeps' }, ['streams']],
    [
      'sweep',
      { topic: 'sweeps', attributes: { stream: 'orders' } },
      ['progress', 'writtenSince', 'unresolved', 'read', 'publish', 'save', 'saveProgress'],
    ],
    ['sweep', { topic: 'sweeps', attributes: { stream: 'orders', block: '0' } }, ['overlapping', 'read']],
    ['recheck', { topic: 'anomalies', data: Buffer.from(JSON.stringify(anomaly)) }, ['file', 'within']],
    ['reconstruct', { topic: 'reprocess-requests', ...writeRequest(request) }, ['find', 'save']],
  ];

  it('is seen of every function', () => {
    expect(new Set(cases.map(([name]) => name))).toEqual(new Set(deliveredTo));
  });

  it.each(cases)('%s', async (name, message, expected) => {
    const ports = new RecordingPorts();
    await ports.deliver(name, message);
    const ofNoDelivery = ports.calls.filter((call) => !call.endsWith(` by ${deadlineMs}`));
    expect(ofNoDelivery).toEqual((shared[name] ?? []).map((method) => `${method} by Infinity`));
    expect(ports.calls).toEqual(expect.arrayContaining(expected.map((method) => `${method} by ${deadlineMs}`)));
  });
});
