import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import initSqlJs, { type Database } from 'sql.js';
import { terraformDirectory } from './terraform.ts';

/*
 * The view of BigQuery on SQLite, which takes the same text: it has the window functions and the types' names, and is given
 * JSON_VALUE for the paths that the view asks for.
 */

const table = '`project.dataset.deliveries`';
const currentSql = filled('current-events.sql', { deliveries: table });
/** The view of the last 7 days, as terraform/bigquery.tf fills it in. It reads 14. */
const recentSql = filled('recent-events.sql', {
  days: '7',
  margin_days: '7',
  current_events: filled('current-events.sql', {
    deliveries: `(SELECT * FROM ${table} WHERE publish_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 14 DAY))`,
  }),
});

/** The text of a view. Its times are days here, and it is day 100. */
function filled(file: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(terraformDirectory, 'sql', file), 'utf8');
  return text
    .replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
    .replaceAll(/TIMESTAMP_SUB\(CURRENT_TIMESTAMP\(\), INTERVAL (\d+) DAY\)/g, '100 - $1');
}

interface Delivery {
  readonly key: string;
  readonly supersedes?: string;
  readonly eventId?: number;
  /** When it was published; none twice. */
  readonly at: number;
}

let SQL: Awaited<ReturnType<typeof initSqlJs>>;
beforeAll(async () => {
  SQL = await initSqlJs();
});

/** The rows of a view, by key. */
function currentEvents(deliveries: readonly Delivery[], sql = currentSql) {
  const database = new SQL.Database();
  try {
    fill(database, deliveries);
    const [result] = database.exec(sql);
    const rows = (result?.values ?? []).map((values) =>
      Object.fromEntries(values.map((value, i) => [result?.columns[i] ?? '', value])),
    );
    return rows.sort((a, b) => (String(a.idempotency_key) < String(b.idempotency_key) ? -1 : 1));
  } finally {
    database.close();
  }
}

function fill(database: Database, deliveries: readonly Delivery[]): void {
  database.create_function('JSON_VALUE', (json: string, path: string) => {
    const value = (JSON.parse(json) as Record<string, string>)[path.replace('$.', '')];
    return value ?? null;
  });
  database.run(
    'CREATE TABLE `project.dataset.deliveries` (data TEXT, attributes TEXT, publish_time INTEGER, message_id TEXT)',
  );
  for (const { key, supersedes, eventId = 1, at } of deliveries) {
    const attributes = { idempotency_key: key, stream: 's', event_id: String(eventId), supersedes };
    const row = [`{"at":${at}}`, JSON.stringify(attributes), at, `message-${at}`];
    database.run('INSERT INTO `project.dataset.deliveries` VALUES (?, ?, ?, ?)', row);
  }
}

function keysOf(deliveries: readonly Delivery[]): readonly unknown[] {
  return currentEvents(deliveries).map((row) => row.idempotency_key);
}

const inferred: Delivery = { key: 's/3/inferred', at: 1 };
const original: Delivery = { key: 's/3/1000', supersedes: 's/3/inferred', at: 2 };
const replacement: Delivery = { key: 's/3/1000/r1', supersedes: 's/3/1000', at: 3 };

describe('the view of current events', () => {
  it('shows an event once, however often it came, as it came last', () => {
    const rows = currentEvents([5, 9, 7].map((at) => ({ key: 's/1/1000', at })));
    expect(rows).toMatchObject([{ idempotency_key: 's/1/1000', publish_time: 9, data: '{"at":9}', stream: 's' }]);
  });

  it('shows both events of an id that has two, and their id as a number', () => {
    const rows = currentEvents([
      { key: 's/7/1000', eventId: 7, at: 1 },
      { key: 's/7/2000', eventId: 7, at: 2 },
    ]);
    expect(rows.map((row) => [row.idempotency_key, row.event_id])).toEqual([
      ['s/7/1000', 7],
      ['s/7/2000', 7],
    ]);
  });

  it('shows an inference until its original is there, and then the original', () => {
    expect(keysOf([inferred])).toEqual(['s/3/inferred']);
    expect(keysOf([inferred, original])).toEqual(['s/3/1000']);
  });

  it('hides an inference that comes after its original', () => {
    expect(keysOf([original, { ...inferred, at: 9 }])).toEqual(['s/3/1000']);
  });

  it('hides what was superseded by what is itself superseded', () => {
    expect(keysOf([inferred, original, replacement])).toEqual(['s/3/1000/r1']);
  });

  it('hides what one of several copies names', () => {
    expect(keysOf([inferred, { key: 's/3/1000', at: 5 }, original])).toEqual(['s/3/1000']);
  });

  it('shows the same, whatever the order of the rows and however many copies there are', () => {
    const other: Delivery = { key: 's/4/1000', at: 4 };
    const some = [inferred, original, replacement, other];
    const copies = fc.array(fc.nat(some.length - 1), { maxLength: 6 });
    fc.assert(
      fc.property(
        copies,
        fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 10, maxLength: 10 }),
        (more, places) => {
          const rows = [...some, ...more.map((i) => some[i]!)].map((row, i) => ({ row, place: places[i] ?? 0, i }));
          const shuffled = rows.sort((a, b) => a.place - b.place).map(({ row, i }) => ({ ...row, at: i }));
          expect(keysOf(shuffled)).toEqual(['s/3/1000/r1', 's/4/1000']);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('stands in one place in Terraform, with one thing to fill in', () => {
    expect(currentSql).not.toContain('${');
  });
});

describe('the view of recent events', () => {
  const recentKeys = (deliveries: readonly Delivery[]) =>
    currentEvents(deliveries, recentSql).map((row) => row.idempotency_key);

  it('shows the current events of its days, and no older ones', () => {
    expect(recentKeys([92, 93, 100].map((at) => ({ key: `s/${at}/1000`, at })))).toEqual(['s/100/1000', 's/93/1000']);
  });

  it('hides what a row from before its days supersedes, and what is older than all that it reads', () => {
    expect(
      recentKeys([
        { ...original, at: 88 },
        { ...inferred, at: 94 },
      ]),
    ).toEqual([]);
    expect(recentKeys([{ ...original, at: 85 }])).toEqual([]);
  });

  it('shows the newest version of an event once, and says what it is like as the other view does', () => {
    const rows: readonly Delivery[] = [
      { ...inferred, at: 90 },
      { ...original, at: 95 },
      { ...original, at: 96 },
    ];
    expect(currentEvents(rows, recentSql)).toEqual(currentEvents(rows));
  });

  it('reads the table in one place, and only the partitions of its days and of the margin', () => {
    expect(recentSql.split(table)).toHaveLength(2);
    expect(recentSql).toContain(`FROM (SELECT * FROM ${table} WHERE publish_time >= 100 - 14)`);
    expect(recentSql).not.toContain('${');
  });
});
