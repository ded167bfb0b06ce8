import { isNewStream } from '../../shared/views/stream-view.ts';
import { spellRange } from '../../shared/gaps/range.ts';
import { formatDistance } from '../../shared/views/format.ts';
import type { AdvisedStream } from '../../shared/views/load-advised.ts';
import { catalogOption } from '../catalog-file/chosen-catalog.ts';
import { makeCommand, write, type Arguments, type Io } from '../command.ts';
import { checkStream, onlyStreamOption } from '../connection.ts';
import type { OptionDeclarations } from '../options.ts';
import type { PipelineReader } from '../reader/pipeline-reader.ts';
import { readerNotes, withReader } from '../reader/with-reader.ts';
import { comparisonLines } from '../screen/comparison-lines.ts';
import type { Column } from '../screen/fit-columns.ts';
import { drawTable, terminalOf, thousands, type TableCell, type TerminalShape } from '../screen/table.ts';
import { resetCommand } from '../streams/reset-command.ts';
import { summaries } from '../summaries.ts';

const options = {
  stream: onlyStreamOption,
  limit: {
    kind: 'integer',
    value: 'N',
    min: 1,
    max: 1_000_000,
    default: 100,
    help: 'show at most N streams: the first by name',
  },
  catalog: catalogOption,
  json: { kind: 'flag', help: 'print one JSON object for each stream, and nothing else' },
} as const satisfies OptionDeclarations;

export const streamsCommand = makeCommand({
  name: 'streams',
  summary: summaries.streams,
  positionals: [],
  options,
  notes: [...readerNotes, 'Exit code 0: success. 1: there is no such stream, or an error. 2: wrong arguments.'],
  subcommands: [resetCommand],
  run: runStreams,
});

async function runStreams({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const { stream, limit, json, catalog } = values;
  if (stream !== undefined) checkStream(stream);
  return withReader(io, catalog, async (reader) => {
    if (stream !== undefined) await reader.checkKnown(stream);
    const shown: AdvisedStream[] = [];
    let isCut = false;
    for await (const found of load(reader, stream)) {
      isCut = shown.length === limit;
      if (isCut) break;
      shown.push(found);
      if (json) await write(io.stdout, `${JSON.stringify(found)}\n`);
    }
    if (!json) {
      const lists = (await reader.reconciliations()).filter((one) => one.stream === (stream ?? one.stream));
      await write(io.stdout, drawStreams(shown, reader.nowMs(), terminalOf(io.stdout)));
      await write(io.stdout, comparisonLines(lists, reader.nowMs()));
    }
    if (isCut) await write(io.stderr, `there are more streams: --limit ${2 * limit} shows more of them\n`);
    return 0;
  });
}

async function* load(reader: PipelineReader, only: string | undefined): AsyncGenerator<AdvisedStream> {
  for await (const name of only === undefined ? reader.streams() : [only]) {
    const found = await reader.advised(name);
    if (found) yield found;
  }
}

/** Draws a table of the streams, and below it a line for each advice. */
function drawStreams(shown: readonly AdvisedStream[], nowMs: number, terminal: TerminalShape): string {
  if (shown.length === 0) return 'no streams\n';
  const number = (title: string): Column => ({ title, align: 'right', isOptional: true });
  const hasStep = shown.some(({ offStep }) => offStep !== undefined);
  const columns: readonly Column[] = [
    { title: 'stream', isWhole: true },
    { title: 'front', isWhole: true },
    number('watermark'),
    number('unresolved'),
    number('doubtful'),
    number('other fronts'),
    number('outliers'),
    ...(hasStep ? [number('off the step')] : []),
    number('revisions'),
    { title: 'swept', isWhole: true },
  ];
  const table = drawTable(
    columns,
    shown.map((one) => cells(one, hasStep, nowMs)),
    terminal,
  );
  const advice = shown.flatMap((one) => one.advice.map((line) => `  ${one.stream}: ${line}`));
  return [table, ...(advice.length > 0 ? ['', ...advice] : []), ''].join('\n');
}

function cells(view: AdvisedStream, hasStep: boolean, nowMs: number): readonly TableCell[] {
  const { stream, first, highWater, watermark, sweptAt, offStep, unnumbered } = view;
  const front = first === undefined || highWater === undefined ? 'none' : spellRange({ from: first, to: highWater });
  const counts = [view.unresolvedGaps, view.doubtfulGaps, view.otherFronts, view.outliers];
  return [
    { text: stream },
    { text: unnumbered ? 'no numbers' : front },
    { text: watermark === undefined ? '–' : String(watermark) },
    ...counts.map((count) => ({ text: unnumbered ? '–' : thousands(count) })),
    ...(hasStep ? [{ text: offStep === undefined ? '–' : thousands(offStep) }] : []),
    { text: unnumbered ? '–' : thousands(view.revisions) },
    isNewStream(view, nowMs)
      ? { text: 'not yet: new' }
      : sweptAt === undefined
        ? { text: 'never', style: 'yellow' as const }
        : { text: formatDistance(Date.parse(sweptAt), nowMs) },
  ];
}
