import { catalogOption } from '../catalog-file/chosen-catalog.ts';
import { makeCommand, write, type Arguments, type Io } from '../command.ts';
import { checkStream } from '../connection.ts';
import type { OptionDeclarations } from '../options.ts';
import { readerNotes, withReader } from '../reader/with-reader.ts';
import { summaries } from '../summaries.ts';

const options = {
  at: {
    kind: 'text',
    value: 'TIME',
    help: 'in a stream without numbers: the timestamp of the event, by which its entry is found',
  },
  catalog: catalogOption,
  json: { kind: 'flag', help: 'print one JSON object, and nothing else' },
} as const satisfies OptionDeclarations;

export const trace = makeCommand({
  name: 'trace',
  summary: summaries.trace,
  positionals: ['STREAM', 'ID'],
  options,
  notes: [...readerNotes, 'Exit code 0: success. 1: there is no such stream, or an error. 2: wrong arguments.'],
  run: runTrace,
});

async function runTrace(args: Arguments<typeof options, ['STREAM', 'ID']>, io: Io): Promise<number> {
  const [stream, id] = args.positionals;
  const { at, catalog, json } = args.values;
  checkStream(stream, 'STREAM');
  const { lines, value } = await withReader(io, catalog, (reader) => reader.story(stream, id, at));
  await write(io.stdout, json ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`);
  return 0;
}
