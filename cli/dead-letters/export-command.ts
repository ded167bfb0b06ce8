import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { CommandError, makeCommand, write, type Arguments, type Io } from '../command.ts';
import { ConsoleClient } from '../console/console-client.ts';
import type { OptionDeclarations } from '../options.ts';
import { filterOptions, filterQuery } from './filter-options.ts';

const options = {
  ...filterOptions,
  unmask: { kind: 'flag', help: 'do not mask personal values' },
  out: { kind: 'text', value: 'FILE', help: 'write to a file, in place of standard output' },
} as const satisfies OptionDeclarations;

export const exportCommand = makeCommand({
  name: 'export',
  calledAs: 'eventmend dead-letters export',
  summary: 'write dead letters with their messages, one JSON object a line',
  positionals: [],
  options,
  notes: [
    'The last line is {"exported": N, "complete": true}. The audit trail says who exported.',
    'Exit code 0: all letters are written. 1: not all are, or an error. 2: wrong arguments.',
  ],
  run: runExport,
});

async function runExport({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const query = { ...filterQuery(values), unmask: values.unmask ? 'true' : undefined };
  const pieces = await new ConsoleClient(io).stream('/api/dead-letters/export', query);
  const file = values.out === undefined ? undefined : createWriteStream(values.out);
  let tail = '';
  for await (const piece of pieces) {
    const text = Buffer.from(piece).toString('latin1');
    tail = `${tail}${text}`.slice(-200);
    await write(file ?? io.stdout, text, 'latin1');
  }
  if (file) await finished(file.end());
  const [, count] = /\{"exported":(\d+),"complete":true\}\n$/.exec(tail) ?? [];
  if (count === undefined) throw new CommandError('the export is not complete: the connection or the store failed');
  if (values.out !== undefined) await write(io.stdout, `  ${count} letters in ${values.out}\n`);
  return 0;
}
