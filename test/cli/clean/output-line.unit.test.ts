import fc from 'fast-check';
import { cleanLine, letterLine } from '../../../cli/clean/output-line.ts';
import type { Attributes } from '../../../shared/messages/message.ts';
import { aMessage } from '../../support/builders.ts';
import { draws, jsonObject, spell } from '../../support/json-arbitraries.ts';

describe('the line of a clean event', () => {
  const producers: Attributes = { origin: 'producer', idempotency_key: 'orders/7', stream: 'orders', line: '3' };

  test.each([
    '{"event_id":7, "a" :1e400,"b":9007199254740993,"c":1.0,"d":-0}',
    '{ "a":"\\u0061\\/" }',
    '{"a":1,"a":2,"__proto__":{}}',
    '{"é":"\u2028"}',
  ])('is what the producer wrote, byte for byte: %s', (text) => {
    expect(cleanLine(aMessage(text, producers))).toBe(text);
  });

  test('says under _eventmend what was repaired', () => {
    const line = cleanLine(aMessage('{"event_id":7,"c":1.0,"valid":true}', { ...producers, repaired: 'valid' }));
    expect(line).toBe('{"event_id":7,"c":1.0,"valid":true,"_eventmend":{"origin":"producer","repaired":"valid"}}');
  });

  test('says under _eventmend that it was reconstructed, how, and how surely', () => {
    const attributes = { origin: 'reconstructed', confidence: '0.75', method: 'context' };
    expect(JSON.parse(cleanLine(aMessage('{"event_id":7}', attributes)))).toEqual({
      event_id: 7,
      _eventmend: { origin: 'reconstructed', confidence: 0.75, method: 'context' },
    });
  });

  test('says a confidence of nothing, too', () => {
    const attributes = { origin: 'reconstructed', confidence: '0', method: 'context' };
    expect(cleanLine(aMessage('{}', attributes))).toContain('"confidence":0');
  });

  test('says under _eventmend what it supersedes, and that it was verified', () => {
    const superseding = { ...producers, supersedes: 'orders/7/inferred' };
    expect(cleanLine(aMessage('{}', superseding))).toBe(
      '{"_eventmend":{"origin":"producer","supersedes":"orders/7/inferred"}}',
    );
    const verified = { ...producers, origin: 'verified', verification: 'verified' };
    expect(cleanLine(aMessage('{}', verified))).toBe('{"_eventmend":{"origin":"verified","verification":"verified"}}');
  });

  test('still says which members were corrected', () => {
    const corrected = { ...producers, origin: 'corrected', verification: 'corrected' };
    const line = cleanLine(aMessage('{"amount":5,"_eventmend":{"corrected":["amount"]}}', corrected));
    expect(JSON.parse(line)).toEqual({
      amount: 5,
      _eventmend: { origin: 'corrected', verification: 'corrected', corrected: ['amount'] },
    });
  });

  test('says that an operator replayed it', () => {
    expect(cleanLine(aMessage('{}', { ...producers, origin: 'replayed' }))).toBe(
      '{"_eventmend":{"origin":"replayed"}}',
    );
  });

  test('is one line, whatever the event looked like, and says the same', () => {
    fc.assert(
      fc.property(jsonObject, fc.nat(), (object, seed) => {
        const text = spell(object, draws(seed));
        const line = cleanLine(aMessage(text, producers));
        expect(line).not.toMatch(/[\r\n]/);
        expect(JSON.parse(line)).toEqual(JSON.parse(text));
        if (!/[\r\n]/.test(text)) expect(line).toBe(text);
      }),
    );
  });
});

describe('the line of a dead letter', () => {
  const attributes: Attributes = {
    stream: 'orders',
    line: '17',
    'eventmend-code': 'ERR_INVALID_EVENT',
    'eventmend-stage': 'validate',
    'eventmend-detail': 'type: missing',
    'eventmend-root': 'events/1',
  };

  test('has code, stage, detail, line, stream, and the original as text', () => {
    expect(JSON.parse(letterLine(aMessage('{"a":1.0}', attributes)))).toEqual({
      code: 'ERR_INVALID_EVENT',
      stage: 'validate',
      detail: 'type: missing',
      line: 17,
      stream: 'orders',
      original: '{"a":1.0}',
    });
  });

  test('has the original as base64 where it is not UTF-8', () => {
    const line = JSON.parse(letterLine(aMessage(Uint8Array.from([0x7b, 0xff, 0x00]), attributes))) as object;
    expect(line).toMatchObject({ originalBase64: 'e/8A' });
    expect(line).not.toHaveProperty('original');
  });

  test('has every original in full, be it text or not, and is one line', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const text = letterLine(aMessage(Uint8Array.from(bytes), attributes));
          const { original, originalBase64 } = JSON.parse(text) as Readonly<Record<string, string | undefined>>;
          const restored = original === undefined ? Buffer.from(originalBase64!, 'base64') : Buffer.from(original);
          expect(restored.equals(Buffer.from(bytes))).toBe(true);
          expect(text).not.toContain('\n');
        },
      ),
    );
  });

  test('keeps a byte order mark', () => {
    expect(JSON.parse(letterLine(aMessage('\ufeff{}', attributes)))).toMatchObject({ original: '\ufeff{}' });
  });

  test('of a gap has no line of the file', () => {
    const gap = { stream: 'orders', 'eventmend-code': 'ERR_GAP_UNRECOVERABLE', 'eventmend-root': 'gap/orders/5' };
    expect(JSON.parse(letterLine(aMessage('{"from":5,"to":8}', gap)))).toMatchObject({
      code: 'ERR_GAP_UNRECOVERABLE',
      line: null,
    });
  });

  test('of Pub/Sub’s own says that the message could not be delivered', () => {
    const givenUp = { line: '1', CloudPubSubDeadLetterSourceSubscription: 'validate-events' };
    expect(JSON.parse(letterLine(aMessage('{}', givenUp)))).toMatchObject({ code: 'ERR_DELIVERY', line: 1 });
  });
});
