import { letterOrders } from '../../shared/dead-letter/letter-filter.ts';
import { formatDistance } from '../../shared/views/format.ts';
import { makeCommand, write, type Arguments, type Io } from '../command.ts';
import { ConsoleClient, consoleNotes } from '../console/console-client.ts';
import { spellOptions, type OptionDeclarations } from '../options.ts';
import type { Column } from '../screen/fit-columns.ts';
import { drawTable, thousands, terminalOf } from '../screen/table.ts';
import { filterOptions, filterQuery } from './filter-options.ts';
import { styleOf, subjectText, type ShownLetter } from './shown-letter.ts';

const options = {
  ...filterOptions,
  text: { kind: 'text', value: 'TEXT', help: 'only letters whose code, detail, stream, type or id has this text' },
  sort: {
    kind: 'choice',
    words: letterOrders,
    value: 'ORDER',
    default: 'newest',
    help: 'newest or oldest first, by when they were opened',
  },
  limit: { kind: 'integer', value: 'N', min: 1, max: 500, default: 50, help: 'show at most N letters' },
  cursor: { kind: 'text', value: 'CURSOR', help: 'go on where a list ended' },
  json: { kind: 'flag', help: 'print one JSON object, {letters, next, scanned}, and nothing else' },
} as const satisfies OptionDeclarations;

export const listCommand = makeCommand({
  name: 'list',
  calledAs: 'eventmend dead-letters list',
  summary: 'list dead letters, those that were opened last first by default',
  positionals: [],
  options,
  notes: [...consoleNotes, 'Exit code 0: success. 1: an error. 2: wrong arguments.'],
  run: runList,
});

async function runList({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const { text, limit, cursor, sort } = values;
  const query = { ...filterQuery(values), text, limit: String(limit), cursor, sort };
  const { json } = await new ConsoleClient(io).get('/api/dead-letters', query);
  const { letters, next, scanned } = json as unknown as Listed;
  await write(io.stdout, values.json ? `${JSON.stringify(json)}\n` : draw(letters, io));
  if (values.json || next === undefined) return 0;
  const looked = text === undefined ? '' : ` (${thousands(scanned)} looked at)`;
  const more = spellOptions(options, { ...values, cursor: next });
  await write(io.stdout, `\n  There are more${looked}:\n  eventmend dead-letters list ${more}\n`);
  return 0;
}

interface Listed {
  readonly letters: readonly ShownLetter[];
  readonly next?: string;
  readonly scanned: number;
}

function draw(letters: readonly ShownLetter[], { stdout }: Io): string {
  if (letters.length === 0) return '  no dead letters\n';
  const nowMs = Date.now();
  const columns: readonly Column[] = [
    { title: 'id', isWhole: true },
    { title: 'state', isWhole: true },
    { title: 'opened', isWhole: true, isOptional: true },
    { title: 'event' },
    { title: 'code' },
    { title: 'detail' },
  ];
  const rows = letters.map((letter) => {
    const style = styleOf(letter.state);
    return [
      { text: letter.id },
      { text: letter.state, ...(style && { style }) },
      { text: formatDistance(Date.parse(letter.filedAt), nowMs) },
      { text: subjectText(letter) },
      { text: letter.code },
      { text: letter.detail },
    ];
  });
  return `${drawTable(columns, rows, terminalOf(stdout))}\n`;
}
