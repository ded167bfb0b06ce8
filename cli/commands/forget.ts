import { makeCommand, UsageError, write, type Arguments, type Io } from '../command.ts';
import { ConsoleClient, consoleNotes } from '../console/console-client.ts';
import { deleteStatement, eraseAll, type ErasureReport, type ShownFind } from '../forget/erased.ts';
import type { OptionDeclarations } from '../options.ts';
import { thousands } from '../screen/table.ts';
import { summaries } from '../summaries.ts';

const options = {
  entity: { kind: 'text', value: 'VALUE', help: 'events of this entity, as the catalog says where it is' },
  field: {
    kind: 'text',
    value: 'PLACE=VALUE',
    help: 'events with this value at a JSON Pointer (/data/email=…), or in an attribute (attribute:customer=…)',
  },
  pattern: { kind: 'text', value: 'REGEX', help: 'events that have this regular expression in body or attributes' },
  stream: { kind: 'text', value: 'NAME', help: 'only what is of this stream' },
  note: { kind: 'text', value: 'TEXT', help: 'why, such as the number of a request; it is kept: name nobody' },
  table: { kind: 'text', value: 'TABLE', help: "print the statement for BigQuery's table, PROJECT.DATASET.deliveries" },
  cursor: { kind: 'text', value: 'CURSOR', help: 'go on where a run was interrupted' },
  'dry-run': { kind: 'flag', help: 'say what would be erased, and change nothing' },
  json: { kind: 'flag', help: 'print one JSON object, {found, letters, events, condition}, and nothing else' },
} as const satisfies OptionDeclarations;

export const forgetCommand = makeCommand({
  name: 'forget',
  summary: summaries.forget,
  positionals: [],
  options,
  notes: [
    'Give one of --entity, --field and --pattern.',
    ...consoleNotes,
    'Exit code 0: success. 3: something waits, or cannot be read. 1: an error. 2: wrong arguments.',
  ],
  run: runForget,
});

async function runForget({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const { entity, field, pattern, stream, note, table, cursor, json, 'dry-run': dryRun } = values;
  if ([entity, field, pattern].filter((one) => one !== undefined).length !== 1)
    throw new UsageError('give one of --entity, --field and --pattern');
  const request = { entity, field: field === undefined ? undefined : fieldIn(field), pattern, stream, note, dryRun };
  const client = new ConsoleClient(io);
  let position = cursor;
  try {
    const report = await eraseAll(client, { ...request, cursor }, async ({ found, next }) => {
      position = next;
      if (!json) await write(io.stdout, found.map(lineOf).join(''));
    });
    if (json) await write(io.stdout, `${JSON.stringify(report)}\n`);
    else
      await write(io.stdout, `${sumsOf(report)}\n${table === undefined ? '' : `\n${deleteStatement(table, report)}`}`);
    return report.found.every(({ result }) => result === 'found' || result === 'erased') ? 0 : 3;
  } catch (error) {
    if (position !== undefined) await write(io.stderr, `  to go on, add: --cursor ${position}\n`);
    throw error;
  }
}

function fieldIn(text: string): { readonly place: string; readonly value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError('--field takes PLACE=VALUE, such as /data/email=ana@example.com');
  return { place: text.slice(0, at), value: text.slice(at + 1) };
}

const resultWords: Readonly<Record<ShownFind['result'], string>> = {
  found: 'would be erased',
  erased: 'erased',
  waits: 'waits: a replay is under way, or its event may still be published; run this again later',
  unreadable: 'cannot be read: look at it, or try --pattern',
};

function lineOf({ kind, id, stream = '?', eventId, result }: ShownFind): string {
  const event = eventId === undefined ? stream : `${stream}/${eventId}`;
  return `  ${kind.padEnd(6)}  ${id}  ${event}  ${resultWords[result]}\n`;
}

function sumsOf({ found, letters, events }: ErasureReport): string {
  const words = { found: 'to be erased', erased: 'erased', waits: 'waiting', unreadable: 'unreadable' } as const;
  const sums = Object.entries(words)
    .map(([result, word]) => [found.filter((one) => one.result === result).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${thousands(count)} ${word}`);
  return `  ${thousands(letters)} letters and ${thousands(events)} stored events looked at: ${sums.join(', ') || 'nothing found'}`;
}
