import { makeCatalog } from '../shared/catalog-definition.ts';
import { functionSettings, workerSettings } from '../shared/config.ts';
import { describeSettings } from '../shared/setting-kinds.ts';
import { defaultStreamSettings, streamSettingsSchema, typeDefinitionSchema } from '../shared/stream-settings.ts';

const tables = {
  'a stream': streamSettingsSchema,
  'a type': typeDefinitionSchema,
  'a function': functionSettings,
  'a worker': workerSettings,
};

describe.each(Object.entries(tables))('the settings of %s', (_, schema) => {
  const rows = describeSettings(schema);

  test.each(rows)('$name has a description of one line', ({ description }) => {
    expect(description).toMatch(/^\S.{10,150}[^.]$/);
  });

  test.each(rows)('$name says in words of its own which values it takes', ({ takes }) => {
    expect(takes).toMatch(/^\S/);
    expect(takes).not.toMatch(/Invalid|expected/);
  });
});

test('the settings of a stream are listed with their defaults', () => {
  const byDefault = Object.fromEntries(
    describeSettings(streamSettingsSchema).map((row) => [row.name, row.default] as const),
  );
  expect(byDefault).toEqual({ ...defaultStreamSettings, start: undefined });
});

test('the defaults of a stream fit the bounds of its settings', () => {
  expect(() => makeCatalog({ streams: { default: defaultStreamSettings } })).not.toThrow();
});
