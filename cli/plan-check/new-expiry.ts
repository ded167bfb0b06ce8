import type { ResourceChange } from './plan.ts';

type Values = ResourceChange['change']['before'];

/**
 * Tells if a change lets documents of Firestore expire that were kept until now. Firestore then deletes all those whose time
 * has passed.
 *
 * A plan does not say whether a collection has documents. It has some if functions that run use its database. They use a new or
 * restored database only when all its policies are made, since Terraform makes these first. So a first apply, and a recovery, loses
 * nothing by them, even one that is continued after it stopped half-way.
 */
export function newExpiry(resource: ResourceChange, all: readonly ResourceChange[]): readonly string[] {
  const { type, change } = resource;
  if (type !== 'google_firestore_field' || !expires(change.after)) return [];
  const { database, collection, field } = change.after ?? {};
  const isSame = isSameField(change);
  if (isSame && expires(change.before)) return [];
  const isKept = isSame || all.some((other) => usesDatabase(other, database));
  return isKept
    ? [`documents of ${String(collection)} are deleted from now on when the time in ${String(field)} has passed`]
    : [];
}

/** Whether a change is of one field, and not a replacement by another field, collection or database. */
function isSameField({ before, after }: ResourceChange['change']): boolean {
  return before !== null && ['database', 'collection', 'field'].every((name) => before[name] === after?.[name]);
}

/** Whether the values are those of a field with a TTL policy. */
function expires(values: Values): boolean {
  return Array.isArray(values?.ttl_config) && values.ttl_config.length > 0;
}

/** Whether a function that runs has the name of the database in its environment. */
function usesDatabase({ type, change: { before } }: ResourceChange, database: unknown): boolean {
  const service = before?.service_config as readonly { readonly environment_variables?: Values }[] | undefined;
  const { FIRESTORE_DATABASE: state, FIRESTORE_LETTERS_DATABASE: letters } = service?.[0]?.environment_variables ?? {};
  return type === 'google_cloudfunctions2_function' && [state, letters].includes(database);
}
