import { plainTerminal } from '../../support/plain-terminal.ts';
import { PassThrough } from 'node:stream';
import { cleanFile } from '../../../cli/clean/clean-file.ts';
import { isBalanced, type CleanResult } from '../../../cli/clean/books.ts';
import { drawSummary } from '../../../cli/clean/summary.ts';
import { clean } from '../../../cli/commands/clean.ts';
import { openEvents } from '../../../cli/input/event-file.ts';
import { localCatalog } from '../../../cli/local/local-catalog.ts';
import { ProgressBar } from '../../../cli/screen/progress-bar.ts';
import type { SourceDefinition } from '../../../shared/sources/source.ts';
import { Directory, runCommand } from '../../support/command-run.ts';

const directory = new Directory();

const fields = { event_id: '/seq', type: '/kind', timestamp: { at: '/at', in: 'ms' } } as const;

/** Cleans a text of events by a source of the catalog. */
async function cleaned(text: string, machines: SourceDefinition) {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
    await Promise.resolve();
  }
  return cleanFile({
    events: await openEvents(chunks(), { name: 'in' }),
    file: 'in',
    catalog: { ...localCatalog({}), sources: { machines } },
    stream: undefined,
    source: 'machines',
    out: undefined,
    letters: undefined,
    bar: new ProgressBar(new PassThrough(), undefined),
    signal: new AbortController().signal,
  });
}

const line = (seq: number, more = {}): string =>
  JSON.stringify({ seq, kind: 'Started', at: 1_750_000_000_000 + seq * 1_000, ...more });

describe('a file that is read by a source of the catalog', () => {
  test('has its events where the fields of the source say, in the stream of the source', async () => {
    const result = await cleaned([1, 2, 2, 4].map((seq) => line(seq)).join('\n'), { fields });
    expect(result).toMatchObject({ received: 4, cleaned: 3, duplicates: 1, gaps: [{ from: 3, to: 3 }] });
    expect(isBalanced(result)).toBe(true);
  });

  test('counts the events of a message that holds several', async () => {
    const result = await cleaned(`{"all":[${line(1)},${line(2)}]}\n{"all":[${line(3)},{}]}\n`, {
      fields,
      split: '/all',
    });
    expect(result).toMatchObject({ received: 4, cleaned: 3, deadLettered: 1, gaps: [] });
    expect(isBalanced(result)).toBe(true);
  });

  test('lists the gaps of each stream that the source makes', async () => {
    const lines = [line(1, { site: 'a' }), line(3, { site: 'a' }), line(7, { site: 'b' }), line(8, { site: 'b' })];
    const { gaps } = await cleaned(lines.join('\n'), { fields, stream: ['/site'] });
    expect(gaps).toMatchObject([{ stream: 'machines~.a', from: 2, to: 2 }]);
  });
});

describe('without --source, a file is read', () => {
  const numbered = [line(1), line(2)].join('\n');
  const machines = { fields: { event_id: '/seq', type: '/kind', timestamp: { at: '/at', in: 'ms' } } };

  async function cleanedBy(sources: object, ...options: string[]) {
    const file = await directory.write('in', numbered);
    const catalog = await directory.write('catalog.mjs', `export const catalog = ${JSON.stringify({ sources })};`);
    const { code, stdout } = await runCommand(clean, [file, '--catalog', catalog, '--json', ...options]);
    return { code, ...(JSON.parse(stdout) as CleanResult) };
  }

  test('by the only source of the catalog, and the summary names it', async () => {
    const one = await cleanedBy({ machines });
    expect(one).toMatchObject({ code: 0, cleaned: 2, reading: { source: 'machines' } });
    expect(drawSummary(one, 'in', plainTerminal)).toContain('read as one JSON event a line, by the source machines');
  });

  test.each([
    ['the catalog has several sources', { machines, others: machines }, []],
    ['a stream is named', { machines }, ['--stream', 'own']],
    ['the source is named', { machines }, ['--source', 'events']],
  ])('by the default format if %s', async (_, sources, options) => {
    const all = await cleanedBy(sources, ...options);
    expect(all).toMatchObject({ code: 3, cleaned: 0 });
    expect(all.reading).not.toHaveProperty('source');
  });
});

test('a source that the catalog does not have is refused, with the names of those that it has', async () => {
  const file = await directory.write('in', line(1));
  await expect(runCommand(clean, [file, '--source', 'machines'])).rejects.toThrow(
    /^the catalog has no source machines; it has events/,
  );
  const both = ['--source', 'events', '--format', 'stripe'];
  await expect(runCommand(clean, [file, ...both])).rejects.toThrow('--format and --source exclude each other');
});

/** Two events of each format, of which the first was sent twice. */
const sent = {
  stripe: [
    '{"id":"evt_1","type":"a","created":1750000000,"pending_webhooks":1}',
    '{"id":"evt_1","type":"a","created":1750000000,"pending_webhooks":0}',
    '{"id":"evt_2","type":"a","created":1750000000}',
  ],
  hubspot: [
    '[{"eventId":1,"portalId":7,"subscriptionType":"a","occurredAt":1750000000000,"attemptNumber":0},',
    '{"eventId":1,"portalId":7,"subscriptionType":"a","occurredAt":1750000000000,"attemptNumber":1},',
    '{"eventId":2,"portalId":7,"subscriptionType":"a","occurredAt":1750000000000,"attemptNumber":0}]',
  ],
  segment: [
    '{"messageId":"m1","type":"page","timestamp":"2025-06-15T12:00:00Z","sentAt":"2025-06-15T12:00:01Z"}',
    '{"messageId":"m1","type":"page","timestamp":"2025-06-15T12:00:00Z","sentAt":"2025-06-15T12:00:09Z"}',
    '{"messageId":"m2","type":"page","timestamp":"2025-06-15T12:00:00Z"}',
  ],
  twilio: [
    'MessageSid=SM1&MessageStatus=sent',
    'MessageSid=SM1&MessageStatus=sent',
    'MessageSid=SM1&MessageStatus=delivered',
  ],
  cloudEvents: [
    '{"specversion":"1.0","id":"1","source":"/a","type":"t","time":"2025-06-15T12:00:00Z","traceparent":"00-1"}',
    '{"specversion":"1.0","id":"1","source":"/a","type":"t","time":"2025-06-15T12:00:00Z","traceparent":"00-2"}',
    '{"specversion":"1.0","id":"2","source":"/a","type":"t","time":"2025-06-15T12:00:00Z"}',
  ],
  debezium: [
    '{"op":"c","source":{"table":"t","ts_ms":1750000000000},"after":{"id":1},"ts_ms":1750000000001}',
    '{"op":"c","source":{"table":"t","ts_ms":1750000000000},"after":{"id":1},"ts_ms":1750000000009}',
    '{"op":"c","source":{"table":"t","ts_ms":1750000000000},"after":{"id":2},"ts_ms":1750000000001}',
  ],
};

test.each(Object.entries(sent))(
  'a file of the format %s is cleaned, and another try is dropped',
  async (format, lines) => {
    const file = await directory.write(format, `${lines.join('\n')}\n`);
    const { code, stdout } = await runCommand(clean, [file, '--format', format, '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ received: 3, cleaned: 2, deadLettered: 0, dropped: 1, gaps: [] }),
    ]);
  },
);
