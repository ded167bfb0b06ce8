import { newDeletions } from '../../../cli/plan-check/deletion-rules.ts';

type Values = Record<string, unknown>;

function update(type: string, before: Values, after: Values, unknown: Values = {}) {
  const change = { actions: ['update'], before, after, after_unknown: unknown, replace_paths: [] };
  return newDeletions({ type, change });
}

const bucket = 'google_storage_bucket';
const images = 'google_artifact_registry_repository';

/** A bucket with a rule for each condition. As in a plan, numbers that are not set are 0. */
const deleting = (...conditions: readonly Values[]) => ({
  lifecycle_rule: conditions.map((condition) => ({
    action: [{ type: 'Delete' }],
    condition: [{ age: 0, num_newer_versions: 0, with_state: 'ANY', matches_prefix: [], ...condition }],
  })),
});
const cleaning = (...conditions: readonly Values[]) => ({
  cleanup_policies: [
    ...conditions.map((condition) => ({
      action: 'DELETE',
      condition: [{ tag_state: 'ANY', older_than: '', newer_than: '', ...condition }],
    })),
    { action: 'KEEP', condition: [], most_recent_versions: [{ keep_count: 5 }] },
  ],
});

test.each([
  [bucket, deleting({ days_since_noncurrent_time: 30 }), deleting({ days_since_noncurrent_time: 1 })],
  [bucket, deleting(), deleting({ age: 7 })],
  [bucket, deleting({ age: 30 }, { age: 9 }), deleting({ age: 30 }, { age: 9 }, { age: 8 })],
  [bucket, deleting({ age: 30 }), deleting({ age: 30 }, { num_newer_versions: 3 })],
  [bucket, deleting({ num_newer_versions: 3 }), deleting({ num_newer_versions: 2 })],
  [bucket, deleting({ age: 1 }), deleting({ age: 0, send_age_if_zero: true })],
  [bucket, deleting({ age: 7, with_state: 'ARCHIVED' }), deleting({ age: 7 })],
  [bucket, deleting({ age: 7, with_state: 'ARCHIVED' }), deleting({ age: 7, with_state: 'LIVE' })],
  [bucket, deleting({ age: 7, matches_prefix: ['a/'] }), deleting({ age: 7, matches_prefix: ['a/', 'b/'] })],
  [bucket, {}, deleting({ created_before: '2026-01-01' })],
  [images, cleaning({ older_than: '2592000s' }), cleaning({ older_than: '86400s' })],
  [images, cleaning({ older_than: '2592000s' }), cleaning({})],
  [images, cleaning({ older_than: '2592000s' }), cleaning({ older_than: 'P1D' })],
  [images, cleaning({ newer_than: '60s' }), cleaning({ newer_than: '90s' })],
  [images, cleaning({ older_than: '60s', tag_state: 'UNTAGGED' }), cleaning({ older_than: '60s' })],
  [images, { ...cleaning({ older_than: '60s' }), cleanup_policy_dry_run: true }, cleaning({ older_than: '60s' })],
])('%s that deletes more is told: from %j to %j', (type, before, after) => {
  expect(update(type, before, after)).toHaveLength(1);
  expect(update(type, before, before)).toEqual([]);
});

test.each([
  [bucket, deleting({ age: 7 }), deleting({ age: 30 })],
  [bucket, deleting({ age: 7 }), deleting()],
  [bucket, deleting({ age: 7 }), deleting({ age: 7, with_state: 'LIVE' })],
  [bucket, deleting({ age: 30 }, { age: 9 }), deleting({ age: 9 }, { age: 60 })],
  [bucket, {}, { lifecycle_rule: [{ action: [{ type: 'SetStorageClass' }], condition: [{ age: 7 }] }] }],
  [
    images,
    cleaning({ older_than: 'P1D' }, { older_than: 'P2D' }),
    cleaning({ older_than: 'P2D' }, { older_than: 'P1D' }),
  ],
  [images, cleaning({}), cleaning({ older_than: '60s' })],
  [images, cleaning({ older_than: '60s' }), cleaning({ older_than: '90.5s' })],
  [images, cleaning({ older_than: '60s' }), { ...cleaning({}), cleanup_policy_dry_run: true }],
  ['google_other', {}, deleting({ age: 7 })],
])('%s that deletes no more is not: from %j to %j', (type, before, after) => {
  expect(update(type, before, after)).toEqual([]);
});

test('says what is deleted from now on, and what was', () => {
  expect(update(bucket, deleting({ age: 30 }, { age: 60 }), deleting({ age: 7, matches_prefix: ['a', 'b'] }))).toEqual([
    'lifecycle_rule deletes what has age 7, matches_prefix a or b, and deleted what has age 30 and what has age 60 before',
  ]);
  expect(update(bucket, {}, deleting({ age: 0, send_age_if_zero: true }))).toEqual([
    'lifecycle_rule deletes what has age 0, and deleted nothing before',
  ]);
  expect(update(images, {}, cleaning({}))).toEqual(['cleanup_policies deletes everything, and deleted nothing before']);
});

test('counts as more if nobody knows it before the apply', () => {
  const unknown = { lifecycle_rule: [{ condition: [{ age: true }] }] };
  expect(update(bucket, deleting({ age: 30 }), deleting({ age: 30 }), unknown)).toEqual([
    'lifecycle_rule is known only after the apply',
  ]);
});
