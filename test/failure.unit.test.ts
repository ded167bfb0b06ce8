import { explain, meaning } from '../shared/failure.ts';

test('a code is explained by the detail where that says more', () => {
  const conflict = (detail: string): string => explain({ code: 'ERR_CONFLICT', detail });
  expect(conflict('void of ids that were seen: 4, 6')).toBe('a void names ids that were seen');
  expect(conflict('other-content')).toBe('an event with other content came before under the same key');
  expect(conflict('of a later release')).toBe('it contradicts what came before');
  expect(explain({ code: 'ERR_DUPLICATE', detail: 'same key and content' })).toBe('the same event came before');
  expect(explain({ code: 'ERR_STALE', detail: 'other-content' })).toBe(meaning.ERR_STALE);
});
