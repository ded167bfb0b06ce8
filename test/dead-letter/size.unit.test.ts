import { oversize } from '../../shared/dead-letter/size.ts';
import { aMessage } from '../support/builders.ts';

function attributes(count: number) {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, 'x']));
}

test('nine million bytes are passed on, one more is too many', () => {
  expect(oversize(aMessage(new Uint8Array(9_000_000)))).toBeUndefined();
  expect(oversize(aMessage(new Uint8Array(9_000_001)))).toBe('data: more than 9 MB');
});

test('eighty attributes are passed on, one more is too many', () => {
  expect(oversize(aMessage('{}', attributes(80)))).toBeUndefined();
  expect(oversize(aMessage('{}', attributes(81)))).toBe('attributes: more than 80');
});
