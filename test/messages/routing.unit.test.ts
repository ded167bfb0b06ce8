import { decodeRouting, encodeRouting } from '../../shared/messages/routing.ts';
import { aRouting } from '../support/builders.ts';

/** A digest of 12 characters, with spaces and characters beyond ASCII. */
const hash = ' \u00ff2345678901';

test.each([
  ['of a numbered stream', aRouting({ eventId: 7 })],
  ['of an unnumbered stream', aRouting({ place: 16_000_000_000_000 })],
  ['with another identity under former rules', aRouting({ formerly: { key: '7/id', hash } })],
  ['that verify has answered, after the second replay', aRouting({ answer: 4_000_000_000, replay: 2 })],
  ['that a system of record has', aRouting({ isRecovered: true, origin: 'recovered' })],
])('the routing of a message %s is read as it was written', (_, routing) => {
  expect(decodeRouting(encodeRouting(routing))).toEqual(routing);
});

test('a message of an unnumbered stream has a place and no id', () => {
  const attributes = encodeRouting(aRouting({ place: 300 }));
  expect(attributes).toMatchObject({ 'eventmend-place': '300' });
  expect(attributes).not.toHaveProperty('eventmend-id');
});
