import { formatCount, formatDistance } from '../../shared/views/format.ts';
import type { CountedLetters, StatusView } from '../../shared/views/load-status.ts';
import { makeCommand, write, type Arguments, type Io } from '../command.ts';
import { ConsoleClient, consoleNotes } from '../console/console-client.ts';
import { stateStyles } from '../dead-letters/shown-letter.ts';
import type { OptionDeclarations } from '../options.ts';
import { paint, thousands, type TerminalShape, terminalOf } from '../screen/table.ts';
import { summaries } from '../summaries.ts';

const options = {
  json: { kind: 'flag', help: 'print one JSON object, and nothing else' },
} as const satisfies OptionDeclarations;

export const status = makeCommand({
  name: 'status',
  summary: summaries.status,
  positionals: [],
  options,
  notes: [...consoleNotes, 'Exit code 0: all is well. 3: something needs someone. 1: an error. 2: wrong arguments.'],
  run: runStatus,
});

async function runStatus({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const { json } = await new ConsoleClient(io).get('/api/status');
  const found = json as unknown as StatusView;
  await write(io.stdout, values.json ? `${JSON.stringify(json)}\n` : draw(found, terminalOf(io.stdout)));
  return found.isWell ? 0 : 3;
}

function draw({ isWell, asOf, concerns, letters, streams }: StatusView, terminal: TerminalShape): string {
  const nowMs = Date.parse(asOf);
  const [first] = concerns;
  const states = Object.entries(letters.byState).map(([state, counted]) => {
    const style = counted.count > 0 ? stateStyles[state as keyof typeof stateStyles] : 'dim';
    return paint(`${state} ${spell(counted)}`, style, terminal);
  });
  const more = concerns.length > 1 ? ` (and ${formatCount(concerns.length - 1, 'more matter')})` : '';
  const verdict = isWell
    ? paint('WELL', 'green', terminal)
    : `${paint('NOT WELL', 'red', terminal)}: ${first?.text ?? ''}${more}`;
  return [
    verdict,
    `streams  ${spellStreams(streams, nowMs).join(' · ')}`,
    `letters  ${states.join(' · ')}`,
    `         ${spellOpen(letters, nowMs).join(' · ')}`,
    `next     ${nextStep(first, letters.mostCode)}`,
    '',
  ].join('\n');
}

function spellStreams(streams: StatusView['streams'], nowMs: number): readonly string[] {
  const { count, isMore, lag, unresolvedGaps, sweptAt } = streams;
  return [
    `${thousands(count)}${isMore ? '+' : ''}`,
    lag === 0 ? 'every id accounted for' : `${formatCount(lag, 'id')} not accounted for yet`,
    unresolvedGaps === 0 ? 'no unresolved gap' : formatCount(unresolvedGaps, 'unresolved gap'),
    spellSwept(sweptAt, nowMs),
  ];
}

/** A sweep comes each minute. */
const recentMs = 3 * 60_000;

/** Says when a sweep was last recorded. While a stream is idle, its sweeps are recorded an eighth of a window apart. */
function spellSwept(sweptAt: string | undefined, nowMs: number): string {
  if (sweptAt === undefined) return 'no sweep yet';
  const sweptAtMs = Date.parse(sweptAt);
  const isRecent = nowMs - sweptAtMs < recentMs;
  return `last recorded sweep ${formatDistance(sweptAtMs, nowMs)}${isRecent ? '' : ' (sweeps without new events are not recorded)'}`;
}

function spellOpen(
  { byState, lastHour, mostCode, oldestOpenAt }: StatusView['letters'],
  nowMs: number,
): readonly string[] {
  if (byState.open.count === 0) return ['nothing to do'];
  const oldest =
    oldestOpenAt === undefined ? [] : [`oldest open letter ${formatDistance(Date.parse(oldestOpenAt), nowMs)}`];
  return [
    `new and open in the last hour: ${spell(lastHour)}`,
    ...(mostCode === undefined ? [] : [`most frequent code ${mostCode}`]),
    ...oldest,
  ];
}

function spell({ count, isMore }: CountedLetters): string {
  return `${thousands(count)}${isMore ? '+' : ''}`;
}

/** Says what to do first. */
function nextStep(concern: StatusView['concerns'][number] | undefined, code: string | undefined): string {
  switch (concern?.about) {
    case undefined:
      return 'nothing';
    case 'letters':
      return `eventmend dead-letters list --state open${code === undefined ? '' : ` --code ${code}`}`;
    case 'books':
      return `eventmend audit --stream ${concern.stream ?? ''}, or the books of the stream in the console`;
    case 'gaps':
      return `eventmend gaps --stream ${concern.stream ?? ''} --state unresolved`;
    case 'stream':
    case 'comparison':
      return `eventmend streams --stream ${concern.stream ?? ''}`;
  }
}
