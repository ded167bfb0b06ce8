import { partialLosses } from '../../../cli/plan-check/partial-losses.ts';
import { lossesIn } from '../../../cli/plan-check/losses.ts';

type Values = Record<string, unknown>;

const aChange = (before: Values, after: Values, unknown: Values = {}) => ({
  actions: ['update'],
  before,
  after,
  after_unknown: unknown,
  replace_paths: [],
});

function update(type: string, before: Values, after: Values, unknown: Values = {}) {
  return partialLosses({ type, change: aChange(before, after, unknown) });
}

describe('a column of a table', () => {
  const table = 'google_bigquery_table';
  const schema = (...columns: readonly object[]) => ({ schema: JSON.stringify(columns) });
  const [data, time] = [{ name: 'data' }, { name: 'publish_time' }];
  const nested = (...names: readonly string[]) => ({
    name: 'order',
    type: 'RECORD',
    fields: [{ name: 'lines', type: 'RECORD', fields: names.map((name) => ({ name })) }],
  });

  test('is lost when the schema no longer has it', () => {
    expect(update(table, schema(data, time), schema(time))).toEqual([
      'these columns are dropped, with their values: data',
    ]);
    expect(update(table, schema(nested('sku', 'price')), schema(nested('price')))).toEqual([
      'these columns are dropped, with their values: order.lines.sku',
    ]);
    expect(update(table, schema(data), { schema: 'null' })).toHaveLength(1);
    expect(update(table, schema(data), {}, { schema: true })).toEqual(['schema is known only after the apply']);
  });

  test('is kept when columns are added, described or in another order', () => {
    expect(update(table, schema(data), schema(time, { ...data, description: 'The event.' }))).toEqual([]);
    expect(update(table, {}, schema(data))).toEqual([]);
    expect(update('google_other', schema(data), schema())).toEqual([]);
  });

  test('is told as a loss of the table', () => {
    const change = aChange(schema(data, time), schema(time));
    const resource = { address: 'google_bigquery_table.t', mode: 'managed', type: table, change };
    expect(lossesIn({ errored: false, resource_changes: [resource] })).toMatchObject([{ what: 'kept in part' }]);
  });
});

test('a transform of messages that is new, changed or switched on can discard them', () => {
  const transform = (code: string, disabled = false) => ({
    message_transforms: [{ disabled, javascript_udf: [{ code }] }],
  });
  for (const type of ['google_pubsub_topic', 'google_pubsub_subscription']) {
    expect(update(type, {}, transform('a'))).toHaveLength(1);
    expect(update(type, transform('a'), transform('b'))).toHaveLength(1);
    expect(update(type, transform('a', true), transform('a'))).toHaveLength(1);
    expect(update(type, transform('a'), transform('a'), { message_transforms: [{ disabled: true }] })).toHaveLength(1);
    expect(update(type, transform('a'), transform('a'), { message_transforms: [{}] })).toEqual([]);
    expect(update(type, transform('a'), { message_transforms: [] })).toEqual([]);
    expect(update(type, {}, transform('a', true))).toEqual([]);
  }
});

test('a subscription of BigQuery that begins to drop unknown fields loses them', () => {
  const writing = (drop: boolean) => ({ bigquery_config: [{ table: 'p.d.t', drop_unknown_fields: drop }] });
  const type = 'google_pubsub_subscription';
  expect(update(type, writing(false), writing(true))).toHaveLength(1);
  expect(update(type, { bigquery_config: [] }, writing(true))).toHaveLength(1);
  expect(update(type, writing(true), writing(true))).toEqual([]);
  expect(update(type, writing(true), writing(false))).toEqual([]);
});
