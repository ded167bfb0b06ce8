import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import initSqlJs, { type Database } from 'sql.js';
import { terraformDirectory } from './terraform.ts';

/*
 * The view of BigQuery on SQLite, which takes the same text: it has the window functions and the types' names, and is given
 * JSON_VALUE for the paths that the view asks for.
 */

const sql = readFileSync(join(terraformDirectory, 'sql', 'current-events.sql'), 'utf8').replace(
  '${deliveries}',
  '`project.dataset.deliveries`',
);

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

/** The rows of the view, by key. */
function currentEvents(deliveries: readonly Delivery[]) {
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
    expect(sql).not.toContain('${');
  });
});
