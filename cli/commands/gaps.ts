import { setTimeout } from 'node:timers/promises';
import { gapStates, type GapState } from '../../shared/gaps/gap.ts';
import { catalogOption } from '../catalog-file/chosen-catalog.ts';
import { makeCommand, UsageError, write, type Arguments, type Io } from '../command.ts';
import { checkStream, onlyStreamOption } from '../connection.ts';
import { askCommand } from '../gaps/ask-command.ts';
import type { WantedGaps } from '../gaps/load-rows.ts';
import { jsonPrinter, tablePrinter, type PrintGaps } from '../gaps/print-gaps.ts';
import type { OptionDeclarations } from '../options.ts';
import { readerNotes, withReader } from '../reader/with-reader.ts';
import { summaries } from '../summaries.ts';

const options = {
  stream: onlyStreamOption,
  state: {
    kind: 'text',
    value: 'STATES',
    help: `show only these states, with commas between: ${gapStates.join(', ')}; or unresolved`,
  },
  limit: {
    kind: 'integer',
    value: 'N',
    min: 1,
    max: 1_000_000,
    default: 100,
    help: 'show at most N gaps of each stream: those with the highest ids',
  },
  catalog: catalogOption,
  watch: {
    kind: 'flag',
    help: 'look again every two seconds, until Ctrl-C: shows the table again, or with --json prints each gap that changed',
  },
  json: { kind: 'flag', help: 'print one JSON object for each gap, and nothing else' },
} as const satisfies OptionDeclarations;

export const gaps = makeCommand({
  name: 'gaps',
  summary: summaries.gaps,
  positionals: [],
  options,
  notes: [...readerNotes, 'Exit code 0: success. 1: a row cannot be read, or an error. 2: wrong arguments.'],
  subcommands: [askCommand],
  run: runGaps,
});

async function runGaps({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const { stream, state, limit, json, catalog, watch } = values;
  if (stream !== undefined) checkStream(stream);
  const wanted: WantedGaps = { stream, states: statesIn(state), limit };
  return withReader(io, catalog, async (reader) => {
    if (stream !== undefined) await reader.checkKnown(stream);
    const print = json ? jsonPrinter(reader, wanted, io) : tablePrinter(reader, wanted, io);
    return watch ? watchGaps(print, !json, io) : print();
  });
}

/** How often the gaps are looked at again, in milliseconds. */
const watchMs = 2_000;

/** Prints again and again, until Ctrl-C. @param isScreen Whether a terminal shows only what was printed last. */
async function watchGaps(print: PrintGaps, isScreen: boolean, io: Io): Promise<number> {
  let code = 0;
  while (!io.signal.aborted) {
    if (isScreen && io.stdout.isTTY === true) await write(io.stdout, '\x1b[2J\x1b[H');
    code = await print().catch((error: unknown) => {
      if (io.signal.aborted) return code;
      throw error;
    });
    await setTimeout(watchMs, undefined, { signal: io.signal }).catch(() => undefined);
  }
  return code;
}

function statesIn(given: string | undefined): readonly GapState[] {
  if (given === undefined) return gapStates;
  return given.split(',').flatMap((name): readonly GapState[] => {
    if (name === 'unresolved') return ['open', 'requested'];
    const state = gapStates.find((one) => one === name);
    if (!state) throw new UsageError(`--state: ${name} is not one of ${gapStates.join(', ')}, unresolved`);
    return [state];
  });
}
