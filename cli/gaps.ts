import { formatDistance, formatTime } from '../functions/console/format.ts';
import { gapView, type GapView } from '../functions/console/gap-view.ts';
import { countMissing, loadStreamNames } from '../functions/console/load.ts';
import { whatCame } from '../functions/console/what-came.ts';
import { gapStates, isUnresolved, type Gap, type GapState } from '../shared/gaps/gap.ts';
import { spellRange } from '../shared/gaps/range.ts';
import { text, UsageError, write, type Arguments, type Command, type Io } from './command.ts';
import { connectionOf, streamIn } from './connection.ts';
import { gapsBelow } from './ledger-pages.ts';
import { withStores, type Stores } from './stores.ts';
import { drawTable, type Cell, type Style } from './table.ts';

export const gaps: Command = {
  summary: 'show the ledger: what is missing, since when, what was asked, what came',
  usage: [
    'eventmend gaps [options]',
    '',
    '  --stream NAME    of one stream only',
    `  --state STATES   only these, with commas: ${gapStates.join(', ')}; or unresolved`,
    '  --limit N        at most so many of each stream, those with the highest ids (default: 100)',
    '  --json           print a JSON object a gap, and nothing else',
    '',
    'Reads the Firestore emulator at FIRESTORE_EMULATOR_HOST, or else of the project GOOGLE_CLOUD_PROJECT.',
    'Exit code 0; 1: an error. 2: wrong arguments.',
  ],
  options: {
    stream: { type: 'string' },
    state: { type: 'string' },
    limit: { type: 'string' },
    json: { type: 'boolean' },
  },
  run: runGaps,
};

interface Wanted {
  readonly stream: string | undefined;
  readonly states: readonly GapState[];
  readonly limit: number;
}

/** A gap as it is printed. */
type Row = GapView & { readonly stream: string };

async function runGaps(args: Arguments, io: Io): Promise<number> {
  if (args.positionals.length > 0) throw new UsageError(`gaps takes no arguments\n\n${gaps.usage.join('\n')}`);
  const wanted: Wanted = { stream: streamIn(args), states: statesIn(args), limit: limitIn(args) };
  const [rows, nowMs] = await withStores(connectionOf(io, 'FIRESTORE_EMULATOR_HOST'), async (stores) => [
    await load(stores, wanted),
    stores.clock.now(),
  ]);
  if (args.values.json === true) await write(io.stdout, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  else await write(io.stdout, rows.length === 0 ? 'no gaps\n' : `${table(rows, nowMs, io.stdout.isTTY === true)}\n`);
  return 0;
}

function statesIn(args: Arguments): readonly GapState[] {
  const given = text(args, 'state');
  if (given === undefined) return gapStates;
  return given.split(',').flatMap((name): readonly GapState[] => {
    if (name === 'unresolved') return ['open', 'requested'];
    const state = gapStates.find((one) => one === name);
    if (!state) throw new UsageError(`--state: ${name} is none of ${gapStates.join(', ')}, unresolved`);
    return [state];
  });
}

function limitIn(args: Arguments): number {
  const given = text(args, 'limit') ?? '100';
  const limit = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  if (limit < 1) throw new UsageError('--limit is a whole number, at least 1');
  return limit;
}

async function load(stores: Stores, { stream, states, limit }: Wanted): Promise<readonly Row[]> {
  const names = stream === undefined ? await loadStreamNames(stores) : [stream];
  const rows: Row[] = [];
  for (const name of names) {
    const found = await loadGaps(stores, name, states, limit);
    const missing = await countMissing(stores.blocks, name, found.filter(isUnresolved));
    rows.push(...found.map((gap) => ({ stream: name, ...gapView(gap, missing.get(gap.from)) })));
  }
  return rows;
}

/** @returns Ascending by id. */
async function loadGaps({ ledger }: Stores, stream: string, states: readonly GapState[], limit: number) {
  const found: Gap[] = [];
  for await (const gap of gapsBelow(ledger, stream)) {
    if (states.includes(gap.state)) found.push(gap);
    if (found.length === limit) break;
  }
  return found.reverse();
}

const styles: Readonly<Partial<Record<GapState, Style>>> = {
  open: 'yellow',
  requested: 'yellow',
  abandoned: 'red',
  reconstructed: 'magenta',
};

function table(rows: readonly Row[], nowMs: number, isColoured: boolean): string {
  const columns = [
    { title: 'stream' },
    { title: 'ids' },
    { title: 'how many', align: 'right' as const },
    { title: 'state' },
    { title: 'missing since' },
    { title: 'asked' },
    { title: 'deadline' },
    { title: 'to be inferred' },
    { title: 'what came' },
  ];
  return drawTable(
    columns,
    rows.map((row) => cells(row, nowMs)),
    isColoured,
  );
}

function cells(row: Row, nowMs: number): readonly Cell[] {
  const { stream, ids, state, foundAt, resendAskedAt, deadline, inferenceAskedAt, resolvedAt } = row;
  const time = (at: string | undefined): string => (at === undefined ? '–' : formatTime(Date.parse(at), nowMs));
  const style = styles[state];
  return [
    { text: stream },
    { text: spellRange(row) },
    { text: ids.toLocaleString('en-US') },
    style === undefined ? { text: state } : { text: state, style },
    { text: `${time(foundAt)}, ${formatDistance(Date.parse(foundAt), nowMs)}` },
    { text: time(resendAskedAt) },
    { text: time(deadline) },
    { text: time(inferenceAskedAt) },
    { text: resolvedAt === undefined ? whatCame(row) : `${time(resolvedAt)} ${whatCame(row)}` },
  ];
}
