import { formatCount } from '../../shared/views/format.ts';
import { openOutput } from '../output-file.ts';
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

const lastLine = /\{"exported":(\d+),"complete":true\}\n$/;

async function runExport({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const query = { ...filterQuery(values), unmask: values.unmask ? 'true' : undefined };
  // Opened first: nothing is exported, and noted as exported, that cannot be written.
  const output = await openOutput(values.out ?? '-', io);
  const decoder = new TextDecoder();
  let tail = '';
  try {
    for await (const piece of await new ConsoleClient(io).stream('/api/dead-letters/export', query)) {
      const text = decoder.decode(piece, { stream: true });
      tail = `${tail}${text}`.slice(-200);
      await output.write(text);
    }
    if (!lastLine.test(tail)) throw new CommandError('the export is not complete: the connection or the store failed');
    await output.complete();
  } finally {
    await output.discard();
  }
  const [, count = '0'] = lastLine.exec(tail) ?? [];
  if (values.out !== undefined) await write(io.stdout, `  ${formatCount(Number(count), 'letter')} in ${values.out}\n`);
  return 0;
}
