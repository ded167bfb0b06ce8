import { cleanMessage } from '../../shared/tracking/clean-message.ts';
import { aRouting, aRoutedDelivery } from '../support/builders.ts';

const routing = aRouting({ stream: 'orders', eventId: 7, key: 'u-7' });
const delivery = aRoutedDelivery(routing);

/** The attributes by which consumers know an event, and what it takes the place of. */
function identityOf(verdict: { readonly supersedes: boolean; readonly replacement: number }) {
  const { idempotency_key: key, supersedes } = cleanMessage(delivery, routing, {
    ...verdict,
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

  it.each([
    ['missing', '{"event_id": 7, "a":1.0 }', '{"event_id": 7, "a":1.0 ,"valid":true}'],
    ['null', '{"event_id": 7, "valid" : null, "a":1.0}', '{"event_id": 7, "valid" : true, "a":1.0}'],
  ])('carries the bytes of its producer, except `valid` where it is %s', (_, text, expected) => {
    const message = { ...delivery, data: Buffer.from(text) };
    const { data } = cleanMessage(message, { ...routing, repairs: true }, { supersedes: false, replacement: 0 });
    expect(Buffer.from(data).toString()).toBe(expected);
    expect(cleanMessage(message, routing, { supersedes: false, replacement: 0 }).data).toBe(message.data);
  });
});
