import type { ResourceChange } from './plan.ts';

/** A setting of a resource that decides how long, or whether, something is kept. */
interface Retention {
  /** The path of the setting in the resource: names, and indexes of lists. `*` stands for each member of a list. */
  readonly path: readonly (string | number)[];
  /** Reads how long something is kept, in any unit that grows with the time. NaN if the value has no known form. */
  readonly read: (value: unknown) => number;
}

/** Reads `604800s`. `without` is what a resource does if the setting is absent. */
function seconds(without: number): Retention['read'] {
  return (value) => {
    if (isAbsent(value)) return without;
    const digits = typeof value === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(value)?.[1] : undefined;
    return Number(digits ?? Number.NaN);
  };
}

/** Reads the time after which something is deleted, a number. Absent, it is never deleted. */
function numberOrEver(value: unknown): number {
  return isAbsent(value) || value === 0 ? Infinity : Number(value);
}

/** Reads a number. @param without The number where the setting is absent. */
function number(without: number): Retention['read'] {
  return (value) => Number(isAbsent(value) ? without : value);
}

/** Reads the largest of several numbers. */
function most(values: unknown): number {
  return Math.max(...(values as readonly unknown[]).map((value) => Number(value ?? 0)));
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

const each = '*';

const weekSeconds = 7 * 24 * 3_600;

/** The settings of each type of resource. What they do without a value is in the documentation of each service. */
const retentions: Readonly<Record<string, readonly Retention[]>> = {
  google_pubsub_topic: [{ path: ['message_retention_duration'], read: seconds(0) }],
  google_pubsub_subscription: [
    { path: ['message_retention_duration'], read: seconds(weekSeconds) },
    { path: ['retain_acked_messages'], read: (value) => Number(value ?? false) },
    { path: ['expiration_policy', 0, 'ttl'], read: seconds(Infinity) },
  ],
  google_firestore_database: [
    {
      path: ['point_in_time_recovery_enablement'],
      read: (value) => Number(value === 'POINT_IN_TIME_RECOVERY_ENABLED'),
    },
  ],
  google_firestore_backup_schedule: [{ path: ['retention'], read: seconds(0) }],
  google_bigquery_dataset: [
    { path: ['default_table_expiration_ms'], read: numberOrEver },
    { path: ['default_partition_expiration_ms'], read: numberOrEver },
    { path: ['max_time_travel_hours'], read: number(weekSeconds / 3_600) },
  ],
  google_bigquery_table: [
    { path: ['expiration_time'], read: numberOrEver },
    { path: ['time_partitioning', 0, 'expiration_ms'], read: numberOrEver },
  ],
  google_storage_bucket: [
    { path: ['versioning', 0, 'enabled'], read: number(0) },
    { path: ['soft_delete_policy', 0, 'retention_duration_seconds'], read: number(weekSeconds) },
  ],
  google_artifact_registry_repository: [
    { path: ['cleanup_policies', each, 'most_recent_versions', 0, 'keep_count'], read: most },
  ],
};

/**
 * Names each setting with which a changed resource keeps something for a shorter time than before, with both values. A
 * value that is known only after the apply counts as shorter, and so does one that cannot be read.
 */
export function shortenedRetentions({ type, change }: Pick<ResourceChange, 'type' | 'change'>): readonly string[] {
  return (retentions[type] ?? []).flatMap(({ path, read }) => {
    const [before, after] = [at(change.before, path), at(change.after, path)];
    const name = path.filter((step) => typeof step === 'string' && step !== each).join('.');
    if ([at(change.after_unknown, path)].flat().includes(true)) return [`${name} is known only after the apply`];
    return read(after) >= read(before) || spell(after) === spell(before)
      ? []
      : [`${name} changes from ${spell(before)} to ${spell(after)}`];
  });
}

/** Returns the value at a path, or with `*` those that are there. */
function at(values: unknown, path: readonly (string | number)[]): unknown {
  const star = path.indexOf(each);
  if (star === -1) return path.reduce<unknown>(memberOf, values);
  const members = at(values, path.slice(0, star));
  return (Array.isArray(members) ? members : [])
    .map((member) => at(member, path.slice(star + 1)))
    .filter((value) => !isAbsent(value));
}

function memberOf(value: unknown, step: string | number): unknown {
  return value === null || value === undefined ? undefined : (value as Record<string | number, unknown>)[step];
}

function spell(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.map(spell).sort().join(' and ');
  return isAbsent(value) ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
}
