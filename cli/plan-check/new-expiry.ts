import type { ResourceChange } from './plan.ts';

type Values = ResourceChange['change']['before'];

/**
 * Tells if a change lets documents of Firestore expire that were kept until now. Firestore then deletes all those whose time
 * has passed.
 *
 * A plan does not say whether a collection has documents. In a new deployment it has none, and in a database that was
 * restored from a backup the policies come back. So a policy is new only if functions run and its database has others.
 */
export function newExpiry(resource: ResourceChange, all: readonly ResourceChange[]): readonly string[] {
  const { type, change } = resource;
  if (type !== 'google_firestore_field' || expires(change.before) || !expires(change.after)) return [];
  const { database, collection, field } = change.after ?? {};
  const isKept =
    change.before !== null ||
    (all.some((other) => other.type === 'google_cloudfunctions2_function' && other.change.before !== null) &&
      all.some(({ change: { before } }) => expires(before) && before?.database === database));
  return isKept
    ? [`documents of ${String(collection)} are deleted from now on when the time in ${String(field)} has passed`]
    : [];
}

/** Whether the values are those of a field with a TTL policy. */
function expires(values: Values): boolean {
  return Array.isArray(values?.ttl_config) && values.ttl_config.length > 0;
}
