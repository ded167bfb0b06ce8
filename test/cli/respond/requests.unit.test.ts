import { EventEmitter } from 'node:events';
import type { Message, PubSub, Subscription } from '@google-cloud/pubsub';
import { receive, subscribe, type Reception } from '../../../cli/respond/requests.ts';
import { RetryableError } from '../../../shared/errors.ts';
import { matchesFilter } from '../../../shared/messages/filter.ts';

/** A subscription that delivers what a test gives it. */
class Deliveries extends EventEmitter {
  readonly told: string[] = [];

  deliver(id: string): void {
    const tell = (what: string) => () => this.told.push(`${what} ${id}`);
    this.emit('message', { id, ack: tell('ack'), nack: tell('nack') });
  }

  close(): Promise<void> {
    this.told.push('closed');
    return Promise.resolve();
  }
}

function reception(deliveries: Deliveries, over: Partial<Reception>): Reception {
  const subscription = deliveries as unknown as Subscription;
  const handle = () => Promise.resolve();
  return { subscription, handle, once: false, forMs: undefined, signal: new AbortController().signal, ...over };
}

describe('a request', () => {
  it('is acked once it is answered, also where the end comes meanwhile; what comes then is left for another time', async () => {
    const deliveries = new Deliveries();
    const ending = new AbortController();
    let answer: (() => void) | undefined;
    const handle = ({ id }: Message): Promise<void> => {
      deliveries.told.push(`asked ${id}`);
      return new Promise((resolve) => (answer = resolve));
    };
    const received = receive(reception(deliveries, { handle, signal: ending.signal }));
    deliveries.deliver('1');
    ending.abort();
    deliveries.deliver('2');
    expect(deliveries.told).toEqual(['asked 1', 'nack 2']);
    answer!();
    await received;
    expect(deliveries.told).toEqual(['asked 1', 'nack 2', 'ack 1', 'closed']);
  });

  it('that cannot be answered is left for another time, and ends the reception with what was wrong', async () => {
    const deliveries = new Deliveries();
    const handle = () => Promise.reject(new RetryableError('publishing failed'));
    const received = receive(reception(deliveries, { handle }));
    deliveries.deliver('1');
    await expect(received).rejects.toThrow('publishing failed');
    expect(deliveries.told).toEqual(['nack 1', 'closed']);
  });
});

test('the reception ends with what Pub/Sub says of the subscription', async () => {
  const deliveries = new Deliveries();
  const received = receive(reception(deliveries, {}));
  deliveries.emit('error', new Error('no such subscription'));
  await expect(received).rejects.toThrow('receiving requests failed');
});

test('the reception ends at once where the user has ended it before', async () => {
  const deliveries = new Deliveries();
  await receive(reception(deliveries, { signal: AbortSignal.abort() }));
  expect(deliveries.told).toEqual(['closed']);
});

describe('a subscription', () => {
  /** A Pub/Sub that answers to the making of a subscription with a status. */
  function answering(code: number | undefined) {
    const made: unknown[] = [];
    const createSubscription = (...args: unknown[]) => {
      made.push(args);
      return code === undefined ? Promise.resolve() : Promise.reject(Object.assign(new Error('no'), { code }));
    };
    const pubsub = { createSubscription, subscription: (name: string) => name } as unknown as PubSub;
    return { made, subscribed: subscribe(pubsub, 'mine', 'shop') };
  }

  it('is made for the requests to resend of its stream, and never expires', async () => {
    const { made, subscribed } = answering(undefined);
    expect(await subscribed).toBe('mine');
    const [[topic, name, { filter, expirationPolicy }]] = made as [[string, string, Record<string, string>]];
    expect([topic, name, expirationPolicy]).toEqual(['reprocess-requests', 'mine', {}]);
    const passes = (phase: string, stream: string) => matchesFilter(filter, { phase, stream });
    expect([passes('resend', 'shop'), passes('infer', 'shop'), passes('resend', 'other')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each([
    ['there', 6],
    ['not for this producer to make', 7],
  ])('is used as it is where it is %s', async (_, code) => {
    expect(await answering(code).subscribed).toBe('mine');
  });

  it('is an error where it cannot be made: there is no topic', async () => {
    await expect(answering(5).subscribed).rejects.toThrow('making the subscription mine failed');
  });
});
