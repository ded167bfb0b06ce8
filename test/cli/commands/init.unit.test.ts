import { readFile, writeFile } from 'node:fs/promises';
import { compileFunction } from 'node:vm';
import { z } from 'zod';
import { clean } from '../../../cli/commands/clean.ts';
import { init } from '../../../cli/commands/init.ts';
import { UsageError } from '../../../cli/command.ts';
import { makeCatalog, type CatalogDefinition } from '../../../shared/catalog-definition.ts';
import { Directory, runCommand } from '../../support/command-run.ts';

const directory = new Directory();

/** Writes a sample file, runs the command, and loads the catalog that it wrote. */
async function initialised(name: string, samples: readonly unknown[] | string, ...options: readonly string[]) {
  const text = typeof samples === 'string' ? samples : samples.map((sample) => JSON.stringify(sample)).join('\n');
  const file = await directory.write(`${name}.ndjson`, text);
  const out = directory.file(name);
  const { code, stdout } = await runCommand(init, ['--file', file, '--out', out, '--yes', ...options]);
  const catalog = await readFile(`${out}/catalog.ts`, 'utf8');
  return { code, stdout, catalog, definition: load(catalog), readme: await readFile(`${out}/README.md`, 'utf8') };
}

/** Runs a catalog. It has no types of TypeScript in it. */
function load(text: string): CatalogDefinition {
  const [line = '', list = ''] = /^import \{ ([^}]*) \} from 'eventmend\/catalog';$/m.exec(text) ?? [];
  const api = { z, defineCatalog: (definition: CatalogDefinition) => definition };
  const names = list.split(', ');
  const body = text.replace(line, '').replace('export const catalog =', 'return');
  const values = names.map((name): unknown => Reflect.get(api, name));
  return Reflect.apply(compileFunction(body, names), undefined, values) as CatalogDefinition;
}

const plain = (id: number, more = {}) => ({ event_id: id, type: 'Paid', timestamp: '2025-06-15T14:00:00Z', ...more });

test('a pointer that leads to nothing in the file is a wrong argument, as in clean', async () => {
  const file = await directory.write('nested.json', '{"events":[]}');
  const options = ['--at', '/rows'];
  const message = '--at /rows leads to no array or object in the value on line 1 (it has events)';
  const started = runCommand(init, ['--file', file, '--out', directory.file('nested'), '--yes', ...options]);
  await expect(started).rejects.toThrow(new UsageError(`${file}: ${message}`));
  expect(await runCommand(clean, [file, ...options])).toMatchObject({
    code: 2,
    stderr: `eventmend: ${file}: ${message}\n`,
  });
});

describe('the catalog of sample events', () => {
  test('of the default format has their types, with schemas that their data fits, and no source', async () => {
    const events = [1, 2, 3].map((id) => plain(id, { data: { amount: id } }));
    const { code, definition, stdout } = await initialised('plain', events);
    expect(code).toBe(0);
    expect(Object.keys(definition)).toEqual(['types', 'unknownTypes']);
    const payload = makeCatalog(definition).type('Paid')?.payload;
    expect(payload?.safeParse({ amount: 7 }).success).toBe(true);
    expect(payload?.safeParse({ amount: 'x' }).success).toBe(false);
    expect(stdout).toContain('3 samples have the default format.');
    expect(stdout).toContain('Their ids count up by one');
  });

  test('of a provider has a source that reads them', async () => {
    const event = { id: 'evt_1', object: 'event', type: 'charge.failed', created: 1, data: { object: { amount: 5 } } };
    const { definition, stdout, readme } = await initialised('stripe', [event, event]);
    expect(definition.sources).toEqual({ stripe: { fields: { preset: 'stripe' } } });
    expect(definition.types?.['charge.failed']?.payload?.safeParse({ amount: '5' }).success).toBe(false);
    expect(makeCatalog(definition).sources.find('stripe')?.format.name).toBe('stripe');
    expect(stdout).toContain('2 samples look like Stripe events.');
    expect(readme).toContain('the topic `stripe`');
  });

  test('of numbered CloudEvents has a stream for each of their sources', async () => {
    const event = { specversion: '1.0', id: '1', source: '/a', type: 't', sequence: '1' };
    const { definition } = await initialised('cloud', [event], '--name', 'orders');
    expect(definition.sources).toEqual({
      orders: { stream: ['/source'], fields: { preset: 'cloudEvents', sequence: true } },
    });
    expect(() => makeCatalog(definition)).not.toThrow();
  });

  test('of other events names the places of their fields, and the unit of their times', async () => {
    const events = [2, 4, 6, 8, 10, 12].map((seq) => ({
      meta: { seq },
      eventType: 'A',
      occurredAt: 1_750_000_000_000,
    }));
    const { definition, stdout } = await initialised('own', events, '--name', 'machines');
    expect(definition.sources).toEqual({
      machines: {
        fields: { event_id: '/meta/seq', type: '/eventType', timestamp: { at: '/occurredAt', in: 'ms' } },
      },
    });
    expect(definition.streams).toEqual({ machines: { numbering: { step: 2 } } });
    expect(() => makeCatalog(definition)).not.toThrow();
    expect(stdout).toContain('event_id at /meta/seq, type at /eventType, timestamp at /occurredAt');
  });

  test('of events whose ids are texts of digits, as BigQuery exports integers, reads them as numbers', async () => {
    const events = [1, 2, 3].map((id) => plain(id, { event_id: String(id), timestamp: `2025-06-15 12:0${id}:00 UTC` }));
    const { definition, stdout } = await initialised('bigquery', events);
    expect(definition.sources).toEqual({ 'my-events': { fields: { event_id: '/event_id' } } });
    expect(stdout).toContain('differ from the default format: event_id as a text of digits.');
    const argv = [directory.file('bigquery.ndjson'), '--catalog', directory.file('bigquery/catalog.ts'), '--json'];
    const cleaned = await runCommand(clean, argv);
    expect(JSON.parse(cleaned.stdout)).toMatchObject({ cleaned: 3, deadLettered: 0 });
  });

  test('says how many of the samples it refuses, and why', async () => {
    const kinds = [plain(1), { event_id: 'A-1' }, { id: 2, type: 'Paid' }, { event: 'Paid', time: 3 }];
    const { stdout, readme, definition } = await initialised('mixed', kinds);
    expect(stdout).toContain('They are not numbered');
    expect(definition.streams?.['my-events']?.numbering).toBe('none');
    const trial = 'The catalog refuses 3 of 4 events. The most frequent reason is ERR_INVALID_EVENT: ';
    expect(stdout).toContain(trial);
    expect(readme).toContain(trial);
    expect((await initialised('sound', [plain(1), plain(2)])).stdout).not.toContain('refuses');
  });

  test('looks at the numbers of each stream apart, if messages were pulled that name several', async () => {
    const pulled = [1, 2, 3].flatMap((id) =>
      ['shop', 'depot'].map((stream) => ({
        message: {
          data: Buffer.from(JSON.stringify(plain(id, { of: stream }))).toString('base64'),
          attributes: { stream },
          messageId: `${stream}-${id}`,
        },
      })),
    );
    const { stdout } = await initialised('pulled', JSON.stringify(pulled));
    expect(stdout).toContain('Their ids count up by one: missing events are found.\n');
    expect(stdout).not.toContain('come several times');
  });

  test('of CloudEvents in the binary mode, whose fields are attributes of pulled messages, reads them', async () => {
    const pulled = [1, 2].map((n) => ({
      message: {
        data: Buffer.from(JSON.stringify({ order: n })).toString('base64'),
        attributes: {
          'ce-specversion': '1.0',
          'ce-id': `a-${n}`,
          'ce-source': '/orders',
          'ce-type': 'order.paid',
          'ce-time': '2025-06-15T14:00:00Z',
        },
        messageId: String(n),
      },
    }));
    const { stdout, definition } = await initialised('binary', JSON.stringify(pulled));
    expect(stdout).toContain('2 samples look like CloudEvents.');
    expect(stdout).not.toContain('refuses');
    expect(Object.keys(definition.types ?? {})).toEqual(['order.paid']);
  });

  test('warns of ids that come again with other contents', async () => {
    const events = [1, 2, 3, 1, 2, 3].map((id, i) => plain(id, { data: { i } }));
    expect((await initialised('again', events)).stdout).toContain('3 ids come several times with other contents');
  });

  test('may be made of a file in any form', async () => {
    const { definition } = await initialised('csv', 'event_id,type,timestamp\n1,A,2025-06-15T14:00:00Z\n');
    expect(Object.keys(definition.types ?? {})).toEqual(['A']);
  });
});

describe('the catalog that is written reads its own samples', () => {
  const noon = '2025-06-15T12:00:00Z';

  test.each([
    ['stripe', 'stripe', ['evt_1', 'evt_2'].map((id) => ({ id, object: 'event', type: 'a', created: 1_750_000_000 }))],
    [
      'hubspot',
      'hubspot',
      [5, 6].map((eventId) => ({
        eventId,
        portalId: 7,
        subscriptionType: 'deal.creation',
        occurredAt: 1_750_000_000_000,
      })),
    ],
    ['segment', 'segment', ['m-1', 'm-2'].map((messageId) => ({ messageId, type: 'page', timestamp: noon }))],
    [
      'segment-batch',
      'segment',
      [{ batch: ['m-1', 'm-2'].map((id) => ({ messageId: id, type: 'page', timestamp: noon })) }],
    ],
    ['twilio', 'twilio', 'MessageSid=SM1&MessageStatus=sent\nMessageSid=SM1&MessageStatus=delivered\n'],
    [
      'debezium',
      'debezium',
      [1, 2].map((id) => ({
        op: 'c',
        source: { table: 'orders', ts_ms: 1_750_000_000_000 },
        before: null,
        after: { id },
      })),
    ],
    [
      'cloud',
      'cloud-events',
      ['1', '2'].map((id) => ({ specversion: '1.0', id, source: '/a', type: 't', time: noon, data: {} })),
    ],
    ['uuid-only', 'events', ['u-1', 'u-2'].map((uuid) => ({ uuid, type: 'A', timestamp: noon }))],
    ['text-ids', 'my-events', ['ORD-1', 'ORD-2'].map((event_id) => ({ event_id, type: 'A', timestamp: noon }))],
    ['content', 'my-events', ['a', 'b'].map((name) => ({ type: 'A', timestamp: noon, data: { name } }))],
  ])('%s, in a stream without numbers', async (name, source, samples) => {
    const { definition, stdout, readme } = await initialised(`own-${name}`, samples);
    expect(stdout).toContain('They are not numbered');
    expect(definition.streams?.[source === 'events' ? 'default' : source]?.numbering).toBe('none');
    const [file, catalog] = [directory.file(`own-${name}.ndjson`), directory.file(`own-${name}/catalog.ts`)];
    const options = ['--catalog', catalog];
    expect(readme).toContain(`npx eventmend clean ${[file, ...options].join(' ')}\n`);
    const to = source === 'events' ? '' : ` --source ${source}`;
    expect(readme).toContain(`npx eventmend publish ${[file, ...options].join(' ')}${to}\n`);
    // Where it is strict, each type that it lists is one that events have.
    const text = await readFile(catalog, 'utf8');
    await writeFile(catalog, text.replace("unknownTypes: 'pass'", "unknownTypes: 'strict'"));
    const cleaned = await runCommand(clean, [file, ...options, '--json']);
    expect(JSON.parse(cleaned.stdout)).toMatchObject({ cleaned: 2, deadLettered: 0, dropped: 0 });
  });
});

describe('the command refuses', () => {
  const event = JSON.stringify(plain(1));

  test('to overwrite a file, and writes none of them then', async () => {
    const file = await directory.write('events', event);
    const readme = await directory.write('README.md', 'mine');
    const run = runCommand(init, ['--file', file, '--out', directory.file('.'), '--yes']);
    await expect(run).rejects.toThrow(`${readme} exists: name another folder with --out`);
    await expect(readFile(directory.file('catalog.ts'))).rejects.toThrow('ENOENT');
    expect(await readFile(readme, 'utf8')).toBe('mine');
  });

  test.each([
    ['without samples', [], 'name the samples: --file FILE or --subscription NAME'],
    ['two kinds of samples', ['--file', 'x', '--subscription', 'y'], 'exclude each other'],
  ])('%s', async (_, argv, message) => {
    const run = runCommand(init, argv);
    await expect(run).rejects.toThrow(UsageError);
    await expect(run).rejects.toThrow(message);
  });

  test('a file without events, and a name that no source can have', async () => {
    const empty = await directory.write('empty', '\n');
    await expect(runCommand(init, ['--file', empty, '--yes'])).rejects.toThrow('has no events');
    const text = await directory.write('text', 'hello world\n[1]\n');
    const none = runCommand(init, ['--file', text, '--out', directory.file('text-catalog'), '--yes']);
    await expect(none).rejects.toThrow('no sample is a JSON object or a form');
    const absent = runCommand(init, ['--file', directory.file('absent'), '--yes']);
    await expect(absent).rejects.toThrow(UsageError);
    const hubspot = await directory.write('hubspot', '{"subscriptionType":"a","occurredAt":1,"eventId":2}');
    const run = runCommand(init, ['--file', hubspot, '--name', 'no name', '--out', directory.file('x'), '--yes']);
    await expect(run).rejects.toThrow(/^--name: /);
  });

  test('to ask for a name or a folder where there is no terminal: it takes the defaults', async () => {
    const stripe = { id: 'evt_1', object: 'event', type: 'a', created: 1 };
    const file = await directory.write('stripe.json', JSON.stringify(stripe));
    const { code } = await runCommand(init, ['--file', file, '--out', directory.file('asked')]);
    expect(code).toBe(0);
  });
});
