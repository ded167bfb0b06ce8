import type { GivenUpGap } from '../../shared/gaps/letter-entries.ts';
import { gapRoot, unrecoverableLetter } from '../../shared/gaps/unrecoverable.ts';
import { noon, idsFrom, textOf } from '../support/builders.ts';

function aGivenUp(gap: Partial<GivenUpGap> & { readonly from: number }): GivenUpGap {
  const { from, to = from } = gap;
  return {
    foundAtMs: noon - 1,
    why: 'too-uncertain',
    isDoubtful: false,
    missing: to - from + 1,
    holes: [{ from, to }],
    to,
    ...gap,
  };
}

function letterOf(...gaps: readonly GivenUpGap[]) {
  const letter = unrecoverableLetter('orders', gaps, noon);
  return { attributes: letter.attributes, body: JSON.parse(textOf(letter)) as Record<string, unknown> };
}

test('one letter lists all gaps, and has the name of the first', () => {
  const { attributes, body } = letterOf(
    aGivenUp({ from: 5 }),
    aGivenUp({ from: 20, to: 4_000, why: 'too-long', missing: 3_000, holes: [{ from: 20, to: 3_019 }] }),
  );
  expect(attributes).toMatchObject({
    stream: 'orders',
    'eventmend-code': 'ERR_GAP_UNRECOVERABLE',
    'eventmend-stage': 'sweep',
    'eventmend-root': 'gap/orders/5/1739102399999',
    'eventmend-failed-at': '2025-02-09T12:00:00.000Z',
  });
  expect(body).toEqual({
    stream: 'orders',
    from: 5,
    to: 4_000,
    gaps: [
      { from: 5, to: 5, missing: 1, why: 'too-uncertain' },
      { from: 20, to: 4_000, missing: 3_000, why: 'too-long' },
    ],
    more: 0,
  });
});

test('letters of two gaps with the same first id, the later of which replaced the earlier, have roots of their own', () => {
  const rootOf = (gap: GivenUpGap) => letterOf(gap).attributes['eventmend-root'];
  expect(rootOf(aGivenUp({ from: 5 }))).not.toBe(rootOf(aGivenUp({ from: 5, foundAtMs: noon })));
});

test('a letter of a release before has a root without a time', () => {
  expect(gapRoot('orders', { from: 5 })).toBe('gap/orders/5');
});

test('its detail has each reason once, with the missing ids', () => {
  const { attributes } = letterOf(
    aGivenUp({ from: 5 }),
    aGivenUp({ from: 7, to: 8 }),
    aGivenUp({ from: 20, to: 4_000, why: 'too-long' }),
    aGivenUp({ from: 5_000 }),
  );
  expect(attributes['eventmend-detail']).toBe(
    'too uncertain to be inferred: 5, 7–8, 5000; more ids than maxGap: 20–4000',
  );
});

test('of a long gap the detail has its range, and the number of missing ids', () => {
  const { attributes } = letterOf(aGivenUp({ from: 20, to: 4_000, why: 'too-long', missing: 3 }));
  expect(attributes['eventmend-detail']).toBe('more ids than maxGap: 20–4000 (3 missing)');
});

test('of very many gaps it lists the first thousand, and counts all', () => {
  const { attributes, body } = letterOf(...idsFrom(1, 100_000).map((i) => aGivenUp({ from: 2 * i })));
  expect(body.gaps).toHaveLength(1_000);
  expect(body).toMatchObject({ from: 2, to: 200_000, more: 99_000 });
  expect(attributes['eventmend-detail']).toBe(
    'too uncertain to be inferred: 2, 4, 6, 8, 10, 12, 14, 16 and more, 100000 ids in all',
  );
});

test('its detail names a few reasons, however many there are, and fits into an attribute', () => {
  const gaps = idsFrom(1, 500).map((i) =>
    aGivenUp({
      from: 1_739_000_000_000 + 1_000 * i,
      why: `the numbers around have holes: ${i} of 500 ${'and so on '.repeat(20)}`,
    }),
  );
  const { attributes, body } = letterOf(...gaps);
  expect(attributes['eventmend-detail']).toMatch(/^the numbers around have holes: 1 of 500/);
  expect(Buffer.byteLength(attributes['eventmend-detail'] ?? '')).toBeLessThanOrEqual(1_024);
  expect(body.gaps).toHaveLength(500);
  const few = letterOf(...['a', 'b', 'c', 'd', 'e'].map((why, i) => aGivenUp({ from: 10 * i, why })));
  expect(few.attributes['eventmend-detail']).toBe('a: 0; b: 10; c: 20; and 2 more reasons');
});
