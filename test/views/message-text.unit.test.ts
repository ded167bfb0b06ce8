import { previewOf as previewOfExcerpt, wholeTextOf } from '../../shared/views/message-text.ts';
import { excerptOf } from '../../shared/dead-letter/excerpt.ts';

/** The preview of a message that was filed with this data. */
function previewOf(data: Uint8Array) {
  return previewOfExcerpt(excerptOf({ data, attributes: {} }));
}

describe('a preview', () => {
  test('shows a short message whole', () => {
    expect(previewOf(Buffer.from('{"event_id": 1}'))).toEqual({ text: '{"event_id": 1}', isUtf8: true, isWhole: true });
  });

  test('shows the first 480 bytes of a message of 10 MB', () => {
    expect(previewOf(Buffer.alloc(10_000_000, 'x'))).toEqual({ text: 'x'.repeat(480), isUtf8: true, isWhole: false });
  });

  test('leaves out the character that it cuts through', () => {
    const { text, isUtf8 } = previewOf(Buffer.from(`${'x'.repeat(479)}ü and on`));
    expect(text).toBe('x'.repeat(479));
    expect(isUtf8).toBe(true);
  });

  test('shows what can be read of a message that is not UTF-8, and says so', () => {
    const preview = previewOf(Buffer.from('{"name": "Müller"}', 'latin1'));
    expect(preview).toEqual({ text: '{"name": "M\ufffdller"}', isUtf8: false, isWhole: true });
  });

  test('says that a message which ends within a character is not UTF-8', () => {
    expect(previewOf(Buffer.from([0x61, 0xc3])).isUtf8).toBe(false);
  });

  test('shows a byte order mark', () => {
    expect(previewOf(Buffer.from('\ufeff{}')).text).toBe('\ufeff{}');
  });
});

describe('a whole message', () => {
  test('is text where it is UTF-8, to the last byte', () => {
    const text = `\ufeff${'ü'.repeat(5_000_000)}`;
    expect(wholeTextOf(Buffer.from(text))).toEqual({ encoding: 'text', data: text });
  });

  test('is base64 where it is not', () => {
    expect(wholeTextOf(Uint8Array.of(0xff, 0x00, 0x61))).toEqual({ encoding: 'base64', data: '/wBh' });
  });
});
