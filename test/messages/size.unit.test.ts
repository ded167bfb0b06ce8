import { oversize, sizeLimits } from '../../shared/messages/size.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { aMessage } from '../support/builders.ts';

const ofProducers = sizeLimits('events');
const ofEventmend = sizeLimits('mended-events');

function attributes(count: number): Attributes {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, 'x']));
}

test('nine million bytes of a producer are passed on, one more is too many', () => {
  expect(oversize(aMessage(new Uint8Array(9_000_000)), ofProducers)).toBeUndefined();
  expect(oversize(aMessage(new Uint8Array(9_000_001)), ofProducers)).toBe('data: more than 9 MB');
});

test('Eventmend has half a million bytes to add', () => {
  expect(oversize(aMessage(new Uint8Array(9_500_000)), ofEventmend)).toBeUndefined();
  expect(oversize(aMessage(new Uint8Array(9_500_001)), ofEventmend)).toBe('data: more than 9.5 MB');
});

test('eighty attributes are passed on, one more is too many', () => {
  expect(oversize(aMessage('{}', attributes(80)), ofProducers)).toBeUndefined();
  expect(oversize(aMessage('{}', attributes(81)), ofProducers)).toBe('attributes: more than 80');
});

test('neither the stream nor what Eventmend has added counts as an attribute of the producer', () => {
  const added: Attributes = { stream: 'web', origin: 'verified', verification: 'verified', 'eventmend-root': 'r' };
  expect(oversize(aMessage('{}', { ...attributes(80), ...added }), ofEventmend)).toBeUndefined();
  expect(oversize(aMessage('{}', { ...attributes(81), ...added }), ofEventmend)).toBe('attributes: more than 80');
});
