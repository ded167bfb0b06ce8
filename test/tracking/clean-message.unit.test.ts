import { cleanMessage } from '../../shared/tracking/clean-message.ts';
import { aRouting, aRoutedDelivery } from '../support/builders.ts';

const routing = aRouting({ stream: 'orders', eventId: 7, key: 'u-7' });
const delivery = aRoutedDelivery(routing);
const plain = { supersedes: false, replacement: 0, isFormer: false };

/** The attributes by which consumers know an event, and what it takes the place of. */
function identityOf(verdict: { readonly supersedes: boolean; readonly replacement: number }) {
  const { idempotency_key: key, supersedes } = cleanMessage(delivery, routing, {
    ...verdict,
    isFormer: false,
  }).attributes;
  return { key, supersedes };
}

describe('a clean message', () => {
  it('supersedes nothing where nothing was published before it', () => {
    expect(identityOf({ supersedes: false, replacement: 0 })).toEqual({ key: 'orders/u-7', supersedes: undefined });
  });

  it('supersedes the inference of its id', () => {
    expect(identityOf({ supersedes: true, replacement: 0 })).toEqual({
      key: 'orders/u-7',
      supersedes: 'orders/7/inferred',
    });
  });

  it('that an operator puts in place of the original supersedes the original', () => {
    expect(identityOf({ supersedes: true, replacement: 1 })).toEqual({
      key: 'orders/u-7/r1',
      supersedes: 'orders/u-7',
    });
  });

  it('that replaces a replacement supersedes that one, and not the original once more', () => {
    expect(identityOf({ supersedes: true, replacement: 2 })).toEqual({
      key: 'orders/u-7/r2',
      supersedes: 'orders/u-7/r1',
    });
    expect(identityOf({ supersedes: true, replacement: 3 })).toEqual({
      key: 'orders/u-7/r3',
      supersedes: 'orders/u-7/r2',
    });
  });

  it('has the key that its entry has, where the rules of identity changed meanwhile', () => {
    const changed = aRouting({ ...routing, key: '7/id', formerly: { key: 'u-7', hash: routing.hash } });
    const keyOf = (isFormer: boolean) =>
      cleanMessage(delivery, changed, { ...plain, isFormer }).attributes.idempotency_key;
    expect(keyOf(true)).toBe('orders/u-7');
    expect(keyOf(false)).toBe('orders/7/id');
  });

  it('tells the time of its event in UTC', () => {
    const timed = aRouting({ ...routing, instantMs: Date.UTC(2025, 1, 9, 12, 1, 30, 250) });
    expect(cleanMessage(delivery, timed, plain).attributes.event_time).toBe('2025-02-09T12:01:30.250Z');
  });

  it('of an unnumbered stream has no id', () => {
    const placed = aRouting({ ...routing, place: 512 });
    expect(cleanMessage(aRoutedDelivery(placed), placed, plain).attributes).not.toHaveProperty('event_id');
  });

  it.each([
    ['missing', '{"event_id": 7, "a":1.0 }', '{"event_id": 7, "a":1.0 ,"valid":true}'],
    ['null', '{"event_id": 7, "valid" : null, "a":1.0}', '{"event_id": 7, "valid" : true, "a":1.0}'],
  ])('carries the bytes of its producer, except `valid` where it is %s', (_, text, expected) => {
    const message = { ...delivery, data: Buffer.from(text) };
    const { data } = cleanMessage(message, { ...routing, repairs: true }, plain);
    expect(Buffer.from(data).toString()).toBe(expected);
    expect(cleanMessage(message, routing, plain).data).toBe(message.data);
  });
});
