import { readFileSync } from 'node:fs';
import { blockIndex } from '../../shared/tracking/block.ts';
import type { Claim } from '../../shared/tracking/claim.ts';
import { bucketMs, claimAt, operationsAnEvent } from '../../bench/unnumbered-commits.ts';
import { bucketIndexes, yearOfAnEventAMinute } from '../../bench/stored-size.ts';
import { noon } from '../support/builders.ts';
import { CommitHarness } from '../support/commits.ts';

/* Counts the documents that are read and written for an event of an unnumbered stream. Time is virtual. */

test.each([8, 25])(
  'one writer needs at most 0.05 operations an event at 1,000 events a second, with a store that takes %d ms',
  async (latencyMs) => {
    expect(await operationsAnEvent(latencyMs)).toBeLessThan(0.05);
  },
);

test('a copy is found at the edge of a bucket, and its neighbour in the next bucket is no copy', async () => {
  const harness = new CommitHarness();
  const lastMs = noon + bucketMs - 1;
  const before = [claimAt(1, lastMs), claimAt(2, lastMs + 1)];
  const acts = async (claims: readonly Claim[]) => {
    const commits = harness.instance();
    const verdicts = await harness.settle(Promise.all(claims.map((claim) => commits.claim('s', claim))));
    return verdicts.map(({ act }) => act);
  };
  expect(blockIndex(before[1]!.eventId)).toBe(blockIndex(before[0]!.eventId) + 1);
  expect(await acts(before)).toEqual(['publish', 'publish']);
  expect(await acts([claimAt(1, lastMs, 'copies/1'), claimAt(2, lastMs + 1, 'copies/2')])).toEqual([
    'duplicate',
    'duplicate',
  ]);
});

test.each([
  ['16 hours', 16 * 3_600_000, 31e6],
  ['1 second', 1_000, 320e6],
])(
  'a year of one event a minute takes as much as the documents say, with buckets of %s and by the sizes of Firestore',
  (_, width, most) => {
    const { documentBytes, indexBytes } = yearOfAnEventAMinute(width);
    const all = documentBytes + indexBytes;
    expect(all).toBeLessThan(most);
    expect(all).toBeGreaterThan(most * 0.9);
  },
);

test('the indexes of buckets that are counted are those that Terraform makes', () => {
  const text = readFileSync('terraform/firestore.tf', 'utf8');
  const [, single = ''] = /buckets\s*= \{ indexes = \{(.*?)\}/.exec(text) ?? [];
  const names = [...single.matchAll(/(\w+)\s*=/g)].map(([, name]) => name);
  const [, totals = ''] = /toset\(\["buckets"[^]*?for_each = \[(.*?)\]/.exec(text) ?? [];
  const composite = [...totals.matchAll(/"(\w+)"/g)].map(([, name]) => name);
  expect([...names.map((name) => [name]), composite]).toEqual(bucketIndexes);
});
