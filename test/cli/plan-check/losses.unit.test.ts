import { lossesIn } from '../../../cli/plan-check/losses.ts';
import { parsePlan } from '../../../cli/plan-check/plan.ts';

type Values = Record<string, unknown>;

/** A change as `terraform show -json` writes it. */
function aChange(type: string, actions: readonly string[], change: Values = {}, mode = 'managed') {
  return { address: `${type}.main["x"]`, mode, type, name: 'main', index: 'x', change: { actions, ...change } };
}

function losses(...changes: readonly object[]) {
  const read = parsePlan({ format_version: '1.2', resource_changes: changes });
  if ('problem' in read) throw new Error(read.problem);
  return lossesIn(read.plan);
}

/** Returns the losses that the check finds in an update of one setting. */
function update(type: string, before: Values, after: Values, unknown: Values = {}) {
  return losses(aChange(type, ['update'], { before, after, after_unknown: unknown }));
}

const holdData = [
  'google_pubsub_topic',
  'google_pubsub_subscription',
  'google_firestore_database',
  'google_firestore_backup_schedule',
  'google_bigquery_dataset',
  'google_bigquery_table',
  'google_storage_bucket',
  'google_artifact_registry_repository',
];

describe('a resource that holds data', () => {
  test.each(holdData)('is lost when it is deleted, replaced or forgotten: %s', (type) => {
    const whatOf = (...actions: readonly string[]) => losses(aChange(type, actions)).map(({ what }) => what);
    expect(whatOf('delete')).toEqual(['deleted']);
    expect(whatOf('delete', 'create')).toEqual(['replaced']);
    expect(whatOf('create', 'delete')).toEqual(['replaced']);
    expect(whatOf('forget')).toEqual(['forgotten']);
    // Also of an object that an earlier replacement left behind, and that Terraform moves out of the state.
    expect(whatOf('create', 'forget')).toEqual(['forgotten']);
  });

  test('is not lost when it is made, read, left alone, moved or changed', () => {
    for (const actions of [['no-op'], ['create'], ['read'], ['update']])
      expect(losses(...holdData.map((type) => aChange(type, actions, { before: {}, after: {} })))).toEqual([]);
  });

  test('is named by its address, with the settings for which it is replaced', () => {
    const paths = [['filter'], ['push_config', 0, 'push_endpoint'], ['push_config', 1, 'push_endpoint']];
    const [loss] = losses(aChange('google_pubsub_subscription', ['delete', 'create'], { replace_paths: paths }));
    expect(loss).toEqual({
      address: 'google_pubsub_subscription.main["x"]',
      what: 'replaced',
      because:
        'this loses the messages that wait in it; it cannot change filter and push_config.push_endpoint in place',
    });
    const [asked] = losses(aChange('google_pubsub_topic', ['delete', 'create']));
    expect(asked?.because).toBe('this loses the messages that it keeps');
  });
});

test('a resource that holds none may go, as may a data source and a view', () => {
  expect(losses(aChange('google_cloudfunctions2_function', ['delete', 'create']))).toEqual([]);
  expect(losses(aChange('google_pubsub_topic', ['delete'], {}, 'data'))).toEqual([]);
  const view = { view: [{ query: 'SELECT 1' }] };
  expect(losses(aChange('google_bigquery_table', ['delete'], { before: view }))).toEqual([]);
  expect(losses(aChange('google_bigquery_table', ['delete'], { before: { view: [] } }))).toHaveLength(1);
});

describe('a retention', () => {
  const partitions = (ms: unknown) => ({ time_partitioning: [{ type: 'DAY', expiration_ms: ms }] });
  const expiry = (ttl: unknown) => ({ expiration_policy: [{ ttl }] });
  const recovery = (is: string) => ({ point_in_time_recovery_enablement: `POINT_IN_TIME_RECOVERY_${is}` });

  const softDeleted = (retention: number) => ({
    soft_delete_policy: [{ retention_duration_seconds: retention }],
  });
  const versions = (enabled: boolean) => ({ versioning: [{ enabled }] });
  const keeping = (...counts: readonly number[]) => ({
    cleanup_policies: counts.map((count) => ({ most_recent_versions: [{ keep_count: count }] })),
  });

  test.each([
    ['google_storage_bucket', versions(true), versions(false)],
    ['google_storage_bucket', versions(true), { versioning: [] }],
    ['google_storage_bucket', softDeleted(604_800), softDeleted(0)],
    ['google_storage_bucket', {}, softDeleted(604_799)],
    ['google_bigquery_dataset', { max_time_travel_hours: '168' }, { max_time_travel_hours: '48' }],
    ['google_bigquery_dataset', { max_time_travel_hours: null }, { max_time_travel_hours: '100' }],
    ['google_artifact_registry_repository', keeping(5, 2), keeping(4, 2)],
    ['google_pubsub_topic', { message_retention_duration: '600.5s' }, { message_retention_duration: '600s' }],
    ['google_bigquery_dataset', { default_table_expiration_ms: 0 }, { default_table_expiration_ms: 3_600_000 }],
    ['google_bigquery_dataset', {}, { default_partition_expiration_ms: 3_600_000 }],
    ['google_pubsub_topic', { message_retention_duration: '604800s' }, { message_retention_duration: '86400s' }],
    ['google_pubsub_topic', { message_retention_duration: '600s' }, { message_retention_duration: null }],
    ['google_pubsub_subscription', { message_retention_duration: null }, { message_retention_duration: '604799s' }],
    ['google_pubsub_subscription', { retain_acked_messages: true }, { retain_acked_messages: false }],
    ['google_pubsub_subscription', expiry(''), expiry('2678400s')],
    ['google_firestore_database', recovery('ENABLED'), recovery('DISABLED')],
    ['google_firestore_backup_schedule', { retention: '8467200s' }, { retention: '604800s' }],
    ['google_bigquery_dataset', {}, { default_table_expiration_ms: 3_600_000 }],
    ['google_bigquery_table', partitions(null), partitions(86_400_000)],
    ['google_bigquery_table', { expiration_time: 2_000 }, { expiration_time: 1_000 }],
  ])('is not shortened unseen: %s from %j to %j', (type, before, after) => {
    expect(update(type, before, after)).toMatchObject([{ what: 'kept for a shorter time' }]);
    expect(update(type, before, before)).toEqual([]);
    // To be kept for longer is no loss.
    expect(update(type, after, before)).toEqual([]);
  });

  test('is told with both values', () => {
    const [loss] = update('google_bigquery_table', partitions(null), partitions(86_400_000));
    expect(loss?.because).toBe('time_partitioning.expiration_ms changes from nothing to 86400000');
  });

  test('counts as shorter if nobody knows it before the apply, or if it has an unknown form', () => {
    const week = { message_retention_duration: '604800s' };
    const [unknown] = update('google_pubsub_topic', week, {}, { message_retention_duration: true });
    expect(unknown?.because).toBe('message_retention_duration is known only after the apply');
    for (const after of ['P8D', '9999999m'])
      expect(update('google_pubsub_topic', week, { message_retention_duration: after })).toHaveLength(1);
    expect(
      update('google_pubsub_topic', { message_retention_duration: 'P8D' }, { message_retention_duration: 'P8D' }),
    ).toEqual([]);
  });
});

test('a new rule that deletes keeps things for a shorter time', () => {
  const rules = { lifecycle_rule: [{ action: [{ type: 'Delete' }], condition: [{ age: 7 }] }] };
  expect(update('google_storage_bucket', {}, rules)).toEqual([
    {
      address: 'google_storage_bucket.main["x"]',
      what: 'kept for a shorter time',
      because: 'lifecycle_rule deletes what has age 7, and deleted nothing before',
    },
  ]);
});

test('a retention of a new resource is not shortened', () => {
  const made = { after: { message_retention_duration: '600s' } };
  expect(losses(aChange('google_pubsub_subscription', ['create'], made))).toEqual([]);
});

test('a database that a later destroy would forget in silence is left unprotected', () => {
  const policy = (is: string) => ({ deletion_policy: is });
  expect(update('google_firestore_database', policy('DELETE'), policy('ABANDON'))).toMatchObject([
    { what: 'left unprotected' },
  ]);
  expect(update('google_firestore_database', policy('ABANDON'), policy('ABANDON'))).toEqual([]);
  expect(update('google_firestore_database', policy('ABANDON'), policy('DELETE'))).toEqual([]);
});

describe('a TTL policy', () => {
  const expiring = (database: string, collection = 'streams') => ({
    database,
    collection,
    field: 'expireAt',
    ttl_config: [{}],
  });
  const made = (database: string) => aChange('google_firestore_field', ['create'], { after: expiring(database) });
  const usingDatabases = (state: string, letters: string) => ({
    service_config: [
      { environment_variables: { FIRESTORE_DATABASE: state, FIRESTORE_LETTERS_DATABASE: letters, REVISION: '1' } },
    ],
  });
  const running = (state: string, letters: string, type = 'google_cloudfunctions2_function') =>
    aChange(type, ['update'], { before: usingDatabases(state, letters), after: usingDatabases('new', 'new-letters') });

  test('that is new in a database that functions use deletes documents that were kept', () => {
    const because = 'documents of streams are deleted from now on when the time in expireAt has passed';
    const address = 'google_firestore_field.main["x"]';
    const loss = [{ address, what: 'kept for a shorter time', because }];
    expect(losses(running('(default)', 'letters'), made('(default)'))).toEqual(loss);
    expect(losses(running('(default)', 'letters'), made('letters'))).toEqual(loss);
  });

  test('of a new deployment, also of one that came half-way, deletes none', () => {
    const toCome = aChange('google_cloudfunctions2_function', ['create'], { after: usingDatabases('new', 'letters') });
    expect(losses(toCome, made('new'))).toEqual([]);
    const expired = aChange('google_firestore_field', ['no-op'], { before: expiring('new'), after: expiring('new') });
    expect(losses(expired, toCome, made('new'))).toEqual([]);
    // A field without a policy, such as one whose indexes are left out.
    const indexed = { ...expiring('(default)'), ttl_config: [] };
    const field = aChange('google_firestore_field', ['create'], { after: indexed });
    expect(losses(running('(default)', 'letters'), field)).toEqual([]);
    // A function of a release without the setting, and what is no function.
    expect(
      losses(aChange('google_cloudfunctions2_function', ['update'], { before: {}, after: {} }), made('new')),
    ).toEqual([]);
    expect(losses(running('new', 'letters', 'google_other'), made('new'))).toEqual([]);
  });

  test('of a restored database deletes none, also if the apply that began it stopped half-way', () => {
    const replaced = aChange('google_firestore_field', ['delete', 'create'], {
      before: expiring('(default)', 'gaps'),
      after: expiring('new', 'gaps'),
    });
    const finished = aChange('google_firestore_field', ['no-op'], {
      before: expiring('new', 'entries'),
      after: expiring('new', 'entries'),
    });
    // The policy that the first apply deleted from the old database, and did not come to make in the new one.
    expect(losses(running('(default)', 'letters'), replaced, finished, made('new'))).toEqual([]);
  });

  test('that moves to another collection, field or database deletes what was kept there', () => {
    const before = expiring('(default)');
    for (const after of [{ ...before, collection: 'gaps' }, { ...before, field: 'sentAt' }, expiring('letters')]) {
      const moved = aChange('google_firestore_field', ['delete', 'create'], { before, after });
      expect(losses(running('(default)', 'letters'), moved)).toMatchObject([{ what: 'kept for a shorter time' }]);
      expect(
        losses(running('(default)', 'letters'), aChange('google_firestore_field', ['delete'], { before })),
      ).toEqual([]);
    }
    const again = aChange('google_firestore_field', ['delete', 'create'], { before, after: before });
    expect(losses(running('(default)', 'letters'), again)).toEqual([]);
  });

  test('that a field gets is new, whatever else there is', () => {
    const [without, policy] = [{ ...expiring('new'), ttl_config: [] }, expiring('new')];
    expect(update('google_firestore_field', without, policy)).toHaveLength(1);
    expect(update('google_firestore_field', policy, policy)).toEqual([]);
    expect(update('google_firestore_field', policy, without)).toEqual([]);
    expect(update('google_other', without, policy)).toEqual([]);
  });
});
