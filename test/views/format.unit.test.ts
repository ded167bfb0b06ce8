import {
  formatAmount,
  formatBytes,
  formatCount,
  formatDistance,
  formatDuration,
  formatTime,
  showInvisible,
} from '../../shared/views/format.ts';
import { noon } from '../console/builders.ts';

test('leaves the date out of a time of today, in UTC', () => {
  expect(formatTime(noon + 83_999, noon)).toBe('12:01:23');
  expect(formatTime(Date.UTC(2025, 1, 8, 23, 59, 59), noon)).toBe('2025-02-08 23:59');
});

test.each([
  [0, 'now'],
  [999, 'now'],
  [-12_000, '12 s ago'],
  [59_999, 'in 59 s'],
  [-60_000, '1 min ago'],
  [-3_600_000, '1 h ago'],
  [-47 * 3_600_000, '47 h ago'],
  [-48 * 3_600_000, '2 d ago'],
])('says of a time %d ms from now: %s', (fromNowMs, text) => {
  expect(formatDistance(noon + fromNowMs, noon)).toBe(text);
});

test('spells no duration below zero, as between the clocks of two machines', () => {
  expect([-1_500, 0, 1_500].map(formatDuration)).toEqual(['0 s', '0 s', '1 s']);
});

test('counts in words', () => {
  expect([formatCount(0, 'gap'), formatCount(1, 'gap'), formatCount(1234, 'gap')]).toEqual([
    '0 gaps',
    '1 gap',
    '1,234 gaps',
  ]);
  expect(formatAmount(1_000_000)).toBe('1,000,000');
});

test('spells sizes in the units of Pub/Sub’s limits', () => {
  expect([999, 1_000, 999_999, 10_000_000].map(formatBytes)).toEqual(['999 B', '1.0 kB', '1.0 MB', '10.0 MB']);
});

test('spells characters that hide, or that turn the text around them', () => {
  expect(showInvisible('a\u202egpj\u200b\0\u2028\ufeff')).toBe('a\\u{202e}gpj\\u{200b}\\u{0}\\u{2028}\\u{feff}');
});

test('leaves line breaks, tabs and every visible character alone', () => {
  expect(showInvisible('{\n\t"name": "Zoë 日本"\n}')).toBe('{\n\t"name": "Zoë 日本"\n}');
});
