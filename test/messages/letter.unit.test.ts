import fc from 'fast-check';
import { excerptOf } from '../../shared/dead-letter/excerpt.ts';
import { makeLetter, type LetterOrigin } from '../../shared/messages/letter.ts';
import { codes, type Failure } from '../../shared/failure.ts';
import { functionNames } from '../../shared/topology.ts';
import { aMessage, noon } from '../support/builders.ts';

const failure: Failure = { code: 'ERR_INVALID_EVENT', stage: 'validate', detail: 'type: missing' };
const origin: LetterOrigin = { root: 'events/17', failedAtMs: noon };

test('a letter carries the very bytes of the message, be they text or not', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      const { data } = makeLetter(aMessage(Uint8Array.from(bytes)), failure, origin);
      expect(Buffer.from(data).equals(Buffer.from(bytes))).toBe(true);
    }),
  );
});

test('a letter keeps the attributes of the message, and says beside them what is wrong, where, and since when', () => {
  const message = aMessage('{}', { stream: 'orders', trace: 'abc' });
  expect(makeLetter(message, failure, origin).attributes).toEqual({
    stream: 'orders',
    trace: 'abc',
    'eventmend-code': 'ERR_INVALID_EVENT',
    'eventmend-stage': 'validate',
    'eventmend-detail': 'type: missing',
    'eventmend-root': 'events/17',
    'eventmend-failed-at': '2025-02-09T12:00:00.000Z',
  });
});

test('an attribute is kept whatever its name', () => {
  const attributes = Object.fromEntries([
    ['__proto__', 'odd'],
    ['constructor', 'odd'],
  ]);
  const letter = makeLetter(aMessage('{}', attributes), failure, origin);
  expect(Object.getOwnPropertyDescriptor(letter.attributes, '__proto__')?.value).toBe('odd');
  expect(Object.getOwnPropertyDescriptor(letter.attributes, 'constructor')?.value).toBe('odd');
});

test('a letter has what a replay needs: stream, id, key and hash, as far as they are known', () => {
  // A hash of the bytes 0 to 11, which an attribute holds as base64.
  const hash = Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]).toString('latin1');
  const known = { ...origin, stream: 'orders', eventId: 0, key: '0/1739102400000', hash };
  expect(makeLetter(aMessage('{}'), failure, known).attributes).toMatchObject({
    stream: 'orders',
    'eventmend-id': '0',
    'eventmend-key': '0/1739102400000',
    'eventmend-hash': 'AAECAwQFBgcICQr_',
  });
});

test('what an earlier stage said of the message gives way to what the letter says', () => {
  const message = aMessage('{}', {
    'eventmend-code': 'ERR_CONFLICT',
    'eventmend-check': 'true',
    'eventmend-key': 'old',
    CloudPubSubDeadLetterSourceSubscription: 'validate-events',
    'possible-duplicate': 'true',
  });
  expect(makeLetter(message, failure, origin).attributes).toEqual({
    'possible-duplicate': 'true',
    'eventmend-code': 'ERR_INVALID_EVENT',
    'eventmend-stage': 'validate',
    'eventmend-detail': 'type: missing',
    'eventmend-root': 'events/17',
    'eventmend-failed-at': '2025-02-09T12:00:00.000Z',
  });
});

test('the letter of a message that is too large to travel says that its whole is kept, and how long it is', () => {
  const letter = makeLetter(aMessage(''), failure, { ...origin, keptBytes: 9_600_000 });
  expect(letter.attributes).toMatchObject({ 'eventmend-body': 'kept', 'eventmend-kept-bytes': '9600000' });
  expect(excerptOf(letter)).toMatchObject({ bytes: 9_600_000, isKept: true });
});

test('every code and every stage can stand on a letter', () => {
  for (const code of codes) {
    for (const stage of functionNames) {
      const { attributes } = makeLetter(aMessage('{}'), { code, stage, detail: '' }, origin);
      expect([attributes['eventmend-code'], attributes['eventmend-stage']]).toEqual([code, stage]);
    }
  }
});

test('a detail that is too long for an attribute is cut between two characters', () => {
  const detailOf = (detail: string) =>
    makeLetter(aMessage(), { ...failure, detail }, origin).attributes['eventmend-detail'];
  const cut = detailOf('ä€'.repeat(1_000)) ?? '';
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1_024);
  expect(cut).toMatch(/^(?:ä€)+ä? …$/);
  expect(detailOf('x'.repeat(1_000))).toBe('x'.repeat(1_000));
});
