import { eventIdSchema } from '../../shared/event.ts';
import { spellRange, type Range } from '../../shared/gaps/range.ts';
import { makeCommand, UsageError, write, type Arguments, type Io } from '../command.ts';
import { checkStream } from '../connection.ts';
import { ConsoleClient, consoleNotes } from '../console/console-client.ts';
import type { OptionDeclarations } from '../options.ts';

const options = {
  json: { kind: 'flag', help: 'print one JSON object, {stream, from, to}, and nothing else' },
} as const satisfies OptionDeclarations;

export const askCommand = makeCommand({
  name: 'ask',
  calledAs: 'eventmend gaps ask',
  summary: 'have the producer asked again for the events of a gap that are still missing',
  positionals: ['STREAM', 'FROM'],
  options,
  notes: [
    'FROM is the first id of the gap, as eventmend gaps shows it.',
    ...consoleNotes,
    'Exit code 0: success. 1: there is no such gap, it is not asked for, or an error. 2: wrong arguments.',
  ],
  run: runAsk,
});

async function runAsk(args: Arguments<typeof options, ['STREAM', 'FROM']>, io: Io): Promise<number> {
  const [stream, text] = args.positionals;
  checkStream(stream, 'STREAM');
  const from = eventIdSchema.safeParse(/^\d+$/.test(text) ? Number(text) : undefined).data;
  if (from === undefined) throw new UsageError('FROM must be a whole number from 0 to 2^53 − 1');
  const path = `/api/streams/${encodeURIComponent(stream)}/gaps/${from}/ask`;
  const { json } = await new ConsoleClient(io).change({ method: 'POST', path });
  const range = json as unknown as Range;
  const said = `the producer of ${stream} is asked again for what is missing of ${spellRange(range)}`;
  await write(io.stdout, `${args.values.json ? JSON.stringify(json) : `${said}; eventmend gaps shows what comes`}\n`);
  return 0;
}
