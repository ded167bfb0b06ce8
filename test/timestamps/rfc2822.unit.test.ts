import { parseRfc2822 } from '../../shared/timestamps/rfc2822.ts';

test.each([
  'Sun, 09 Feb 2025 12:00:00 +0000',
  'Sun, 9 Feb 2025 12:00:00 GMT',
  '09 Feb 2025 12:00 UT',
  'sun, 09 FEB 2025 13:30:00 +0130',
  'Sat, 08 Feb 2025 22:00:00 -1400',
  'Sun, 09 Feb 2025 11:59:60 +0000',
])('%s is read', (text) => {
  expect(parseRfc2822(text)).toEqual({ ms: 1_739_102_400_000, exact: '1739102400000' });
});

test.each([
  ['a wrong day of the week', 'Mon, 09 Feb 2025 12:00:00 +0000'],
  ['no zone', 'Sun, 09 Feb 2025 12:00:00'],
  ['a zone by a name', 'Sun, 09 Feb 2025 12:00:00 EST'],
  ['the 30th of February', '30 Feb 2025 12:00:00 +0000'],
  ['a year of two digits', '09 Feb 25 12:00:00 +0000'],
  ['an unknown month', '09 Fev 2025 12:00:00 +0000'],
  ['hour 24', '09 Feb 2025 24:00:00 +0000'],
  ['another format', '2025-02-09T12:00:00Z'],
])('a date and time with %s is no instant', (_, text) => {
  expect(parseRfc2822(text)).toBeUndefined();
});
