import type { ResourceChange } from './plan.ts';

/** A column of a table in BigQuery, as in the JSON of its schema. */
interface Column {
  readonly name: string;
  readonly fields?: readonly Column[];
}

type Change = Pick<ResourceChange, 'type' | 'change'>;

/** Says how a changed resource keeps less of what it holds or gets: without some columns, fields or messages. */
export function partialLosses(resource: Change): readonly string[] {
  return [...droppedColumns(resource), ...newTransforms(resource), ...droppedFields(resource)];
}

/**
 * The provider drops columns in place (ALTER TABLE … DROP COLUMN), so the plan shows an update.
 * https://github.com/hashicorp/terraform-provider-google/blob/v6.50.0/google/services/bigquery/resource_bigquery_table.go
 */
function droppedColumns({ type, change }: Change): readonly string[] {
  if (type !== 'google_bigquery_table') return [];
  if (change.after_unknown.schema === true) return ['schema is known only after the apply'];
  const after = new Set(columnsOf(change.after?.schema));
  const dropped = columnsOf(change.before?.schema).filter((name) => !after.has(name));
  return dropped.length === 0 ? [] : [`these columns are dropped, with their values: ${dropped.join(', ')}`];
}

/** Returns the names of the columns in a schema, and those of nested ones with the names of their parents. */
function columnsOf(schema: unknown): readonly string[] {
  const columns = JSON.parse(typeof schema === 'string' && schema !== '' ? schema : '[]') as readonly Column[] | null;
  return (columns ?? []).flatMap((column) => namesOf(column, ''));
}

function namesOf({ name, fields = [] }: Column, parent: string): readonly string[] {
  return [`${parent}${name}`, ...fields.flatMap((field) => namesOf(field, `${parent}${name}.`))];
}

/** A transform of Pub/Sub is a program that can discard a message. Only topics and subscriptions have the setting. */
function newTransforms({ change }: Change): readonly string[] {
  const before = transformsOf(change.before);
  return transformsOf(change.after).every((transform) => before.includes(transform)) &&
    !JSON.stringify(change.after_unknown.message_transforms ?? null).includes('true')
    ? []
    : ['message_transforms has a new program, which can discard or change messages'];
}

function transformsOf(values: ResourceChange['change']['before']): readonly string[] {
  const transforms = values?.message_transforms as readonly { readonly disabled?: boolean }[] | null | undefined;
  return (transforms ?? [])
    .filter(({ disabled }) => disabled !== true)
    .map((transform) => JSON.stringify({ ...transform, disabled: false }));
}

/** A subscription that writes to BigQuery can drop the fields of messages for which its table has no column. */
function droppedFields({ change }: Change): readonly string[] {
  const [before, after] = [change.before, change.after].map(
    (values) => (values?.bigquery_config as readonly { readonly drop_unknown_fields?: boolean }[] | undefined)?.[0],
  );
  return after?.drop_unknown_fields === true && before?.drop_unknown_fields !== true
    ? ['fields that the table has no column for are dropped from now on']
    : [];
}
