import fc from 'fast-check';
import { InvariantError } from '../../shared/errors.ts';
import { matchesFilter } from '../../shared/messages/filter.ts';

test('without a filter every message passes', () => {
  expect(matchesFilter(undefined, {})).toBe(true);
  expect(matchesFilter(undefined, { phase: 'infer' })).toBe(true);
});

describe('a filter for a value', () => {
  const filter = 'attributes.phase = "infer"';

  test('passes what has that very value', () => {
    expect(matchesFilter(filter, { phase: 'infer', stream: 'orders' })).toBe(true);
  });

  test.each([{ phase: 'inferred' }, { phase: 'Infer' }, { phase: '' }, { Phase: 'infer' }, {}])(
    'excludes %j',
    (attributes) => {
      expect(matchesFilter(filter, attributes)).toBe(false);
    },
  );

  test('of nothing passes only what has the attribute, with nothing in it', () => {
    expect(matchesFilter('attributes.phase = ""', { phase: '' })).toBe(true);
    expect(matchesFilter('attributes.phase = ""', {})).toBe(false);
  });
});

test('a filter for an attribute passes what has it, whatever it says', () => {
  expect(matchesFilter('attributes:phase', { phase: '' })).toBe(true);
  expect(matchesFilter('attributes:phase', { stream: 'orders' })).toBe(false);
});

test('a filter for a beginning passes what begins so', () => {
  const filter = 'hasPrefix(attributes.eventmend-type, "CRM_")';
  expect(matchesFilter(filter, { 'eventmend-type': 'CRM_Sync' })).toBe(true);
  expect(matchesFilter(filter, { 'eventmend-type': 'CRM_' })).toBe(true);
  expect(matchesFilter(filter, { 'eventmend-type': 'crm_sync' })).toBe(false);
  expect(matchesFilter(filter, {})).toBe(false);
});

test.each(['attributes.phase = "infer"', 'attributes:phase', 'hasPrefix(attributes.phase, "in")'])(
  'NOT %s passes exactly what the filter excludes',
  (filter) => {
    fc.assert(
      fc.property(
        fc.record({ phase: fc.constantFrom('infer', 'in', 'resend', '') }, { requiredKeys: [] }),
        (attributes) => {
          expect(matchesFilter(`NOT ${filter}`, attributes)).toBe(!matchesFilter(filter, attributes));
        },
      ),
    );
  },
);

test('clauses joined by AND must all hold', () => {
  const filter = 'attributes:system AND NOT attributes.system = "stripe" AND hasPrefix(attributes.stream, "o")';
  expect(matchesFilter(filter, { system: 'hubspot', stream: 'orders' })).toBe(true);
  expect(matchesFilter(filter, { system: 'stripe', stream: 'orders' })).toBe(false);
  expect(matchesFilter(filter, { system: 'hubspot', stream: 'audit' })).toBe(false);
  expect(matchesFilter(filter, { stream: 'orders' })).toBe(false);
});

test.each(['toString', '__proto__', 'constructor'])('%s is an attribute only where the message has it', (name) => {
  expect(matchesFilter(`attributes:${name}`, {})).toBe(false);
  expect(matchesFilter(`attributes:${name}`, Object.fromEntries([[name, 'x']]))).toBe(true);
});

test.each([
  '',
  'attributes.phase',
  'attributes.phase = infer',
  'attributes.phase != "infer"',
  'attributes.phase = "infer" OR attributes:stream',
  '(attributes:phase)',
  'NOT NOT attributes:phase',
  'attributes.phase = "in" fer"',
])('a filter that is not understood is our mistake, not the message’s: %s', (filter) => {
  expect(() => matchesFilter(filter, { phase: 'infer' })).toThrow(InvariantError);
});
