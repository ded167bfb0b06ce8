import type { ResourceChange } from './plan.ts';

type Values = ResourceChange['change']['before'];

/** A setting of a resource that decides how long, or whether, something is kept. */
interface Retention {
  /** The path of the setting in the resource: names, and indexes of lists. */
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

/** Reads a number of milliseconds after which something is deleted. Absent, it is never deleted. */
function millisecondsOrEver(value: unknown): number {
  return isAbsent(value) || value === 0 ? Infinity : Number(value);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

const weekSeconds = 7 * 24 * 3_600;

/** The settings of each type of resource. What they do without a value is in the documentation of Pub/Sub and BigQuery. */
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
    { path: ['default_table_expiration_ms'], read: millisecondsOrEver },
    { path: ['default_partition_expiration_ms'], read: millisecondsOrEver },
  ],
  google_bigquery_table: [
    { path: ['expiration_time'], read: millisecondsOrEver },
    { path: ['time_partitioning', 0, 'expiration_ms'], read: millisecondsOrEver },
  ],
};

/**
 * Names each setting with which a changed resource keeps something for a shorter time than before, with both values. A
 * value that is known only after the apply counts as shorter, and so does one that cannot be read.
 */
export function shortenedRetentions({ type, change }: Pick<ResourceChange, 'type' | 'change'>): readonly string[] {
  return (retentions[type] ?? []).flatMap(({ path, read }) => {
    const [before, after] = [at(change.before, path), at(change.after, path)];
    const name = path.filter((step) => typeof step === 'string').join('.');
    if (at(change.after_unknown, path) === true) return [`${name} is known only after the apply`];
    return read(after) >= read(before) || spell(after) === spell(before)
      ? []
      : [`${name} changes from ${spell(before)} to ${spell(after)}`];
  });
}

function at(values: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      value === null || value === undefined ? undefined : (value as Record<string | number, unknown>)[step],
    values as Values,
  );
}

function spell(value: unknown): string {
  return isAbsent(value) ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
}
