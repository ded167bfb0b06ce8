import { setTimeout } from 'node:timers/promises';
import { afterReset } from '../../shared/gaps/reset.ts';
import { formatDistance, formatTime } from '../../shared/views/format.ts';
import { gapView, statesOf, type GapView } from '../../shared/views/gap-view.ts';
import { loadUnresolved } from '../../shared/views/unresolved-gaps.ts';
import { spellRevisions } from '../../shared/views/spell-revisions.ts';
import { describeOutcome } from '../../shared/views/describe-outcome.ts';
import { gapStates, type Gap, type GapState } from '../../shared/gaps/gap.ts';
import { eachStream } from '../../shared/stream-pages.ts';
import { spellRange } from '../../shared/gaps/range.ts';
import { spellUnreadable } from '../../shared/gaps/spell-unreadable.ts';
import type { GapRows, UnreadableGap } from '../../shared/ports.ts';
import { catalogOption, chooseCatalog } from '../catalog-file/chosen-catalog.ts';
import { makeCommand, UsageError, write, type Arguments, type Io } from '../command.ts';
import { checkStream, connectionOf, onlyStreamOption } from '../connection.ts';
import { askCommand } from '../gaps/ask-command.ts';
import { gapPages } from '../../shared/gaps/ledger-pages.ts';
import type { OptionDeclarations } from '../options.ts';
import { gapsUnknown } from '../../shared/views/unnumbered-view.ts';
import { checkKnownStream } from '../known-stream.ts';
import { withStores, type Stores } from '../stores.ts';
import type { Column } from '../screen/fit-columns.ts';
import { drawTable, type TableCell, type Style, type TerminalShape, terminalOf } from '../screen/table.ts';
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
  watch: { kind: 'flag', help: 'show the table again every two seconds, until Ctrl-C' },
  json: { kind: 'flag', help: 'print one JSON object for each gap, and nothing else' },
} as const satisfies OptionDeclarations;

export const gaps = makeCommand({
  name: 'gaps',
  summary: summaries.gaps,
  positionals: [],
  options,
  notes: [
    'Reads the Firestore emulator at FIRESTORE_EMULATOR_HOST, or else Firestore of the project GOOGLE_CLOUD_PROJECT.',
    'Exit code 0: success. 1: a row cannot be read, or an error. 2: wrong arguments.',
  ],
  subcommands: [askCommand],
  run: runGaps,
});

interface Wanted {
  readonly stream: string | undefined;
  readonly states: readonly GapState[];
  readonly limit: number;
}

/** The output besides the gaps. */
interface Remarks {
  /** The rows that cannot be read. */
  readonly unreadable: UnreadableGap[];
  /** A line for each stream with revisions, and for each without numbers. */
  readonly notes: string[];
}

/** A gap as it is printed. */
type Row = GapView & { readonly stream: string };

async function runGaps({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const { stream, state, limit, json, catalog } = values;
  if (stream !== undefined) checkStream(stream);
  const wanted: Wanted = { stream, states: statesIn(state), limit };
  const chosen = await chooseCatalog(catalog, io);
  const { unreadable, notes } = await withStores(
    connectionOf(io, 'FIRESTORE_EMULATOR_HOST'),
    chosen,
    async (stores) => {
      await checkKnownStream(stores, stream);
      if (json) return printJson(stores, wanted, io);
      if (values.watch) await watchTable(stores, wanted, io);
      return printTable(stores, wanted, io);
    },
  );
  if (json) await write(io.stderr, notes.map((line) => `${line}\n`).join(''));
  else await write(io.stdout, notes.map((line) => `\n  ${line}\n`).join(''));
  for (const row of unreadable) await write(io.stderr, `${row.stream}: ${spellUnreadable(row)}\n`);
  return unreadable.length === 0 ? 0 : 1;
}

/** Prints the gaps of a stream before those of the next are read. */
async function printJson(stores: Stores, wanted: Wanted, io: Io): Promise<Remarks> {
  const remarks: Remarks = { unreadable: [], notes: [] };
  for await (const found of load(stores, wanted)) {
    await write(io.stdout, found.rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    remark(remarks, found);
  }
  return remarks;
}

/** How often the table is shown again, in milliseconds. */
const watchMs = 2_000;

/** Shows the table again and again, in place of the former one on a terminal. */
async function watchTable(stores: Stores, wanted: Wanted, io: Io): Promise<void> {
  while (!io.signal.aborted) {
    if (io.stdout.isTTY === true) await write(io.stdout, '\x1b[2J\x1b[H');
    await printTable(stores, wanted, io);
    await setTimeout(watchMs, undefined, { signal: io.signal }).catch(() => undefined);
  }
}

/** Prints one table of all gaps. A table is as wide as its widest cells, so all rows are read first. */
async function printTable(stores: Stores, wanted: Wanted, io: Io): Promise<Remarks> {
  const rows: Row[] = [];
  const remarks: Remarks = { unreadable: [], notes: [] };
  let [streams, unnumbered] = [0, 0];
  for await (const found of load(stores, wanted)) {
    rows.push(...found.rows);
    remark(remarks, found);
    streams++;
    if (found.isUnnumbered) unnumbered++;
  }
  const terminal = terminalOf(io.stdout);
  // Of streams without numbers nobody knows whether they have gaps.
  const none = unnumbered > 0 && unnumbered === streams ? '' : 'no gaps\n';
  await write(io.stdout, rows.length === 0 ? none : `${table(rows, stores.clock.now(), terminal)}\n`);
  return remarks;
}

function remark({ unreadable, notes }: Remarks, { stream, revisions, ...found }: Loaded): void {
  unreadable.push(...found.unreadable);
  if (found.isUnnumbered) notes.push(`${stream}: ${gapsUnknown}`);
  if (revisions > 0) notes.push(`${stream}: ${spellRevisions(revisions)}`);
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

interface Loaded {
  readonly stream: string;
  readonly isUnnumbered: boolean;
  readonly revisions: number;
  readonly rows: readonly Row[];
  readonly unreadable: readonly UnreadableGap[];
}

/** Loads the wanted rows, stream by stream. */
async function* load(stores: Stores, { stream, states, limit }: Wanted): AsyncGenerator<Loaded> {
  for await (const name of stream === undefined ? eachStream(stores.blocks) : [stream]) {
    const { numbering } = stores.catalog.stream(name);
    const { gaps: found, unreadable } = await loadGaps(stores, name, states, limit);
    const progress = (await stores.ledger.progress(name))?.value;
    const settings = afterReset(stores.catalog.stream(name), progress);
    const present = await loadUnresolved(stores.blocks, name, found, settings);
    const rows = found.map((gap) => ({ stream: name, ...gapView(gap, present.get(gap.from)) }));
    const isUnnumbered = numbering === 'none';
    yield { stream: name, isUnnumbered, revisions: await stores.blocks.revisions(name), rows, unreadable };
  }
}

/** Loads the wanted gaps of a stream, ascending by id, and the rows that cannot be read, whatever their state. */
async function loadGaps(
  { ledger }: Stores,
  stream: string,
  states: readonly GapState[],
  limit: number,
): Promise<GapRows<Gap>> {
  const found: Gap[] = [];
  const unreadable: UnreadableGap[] = [];
  for await (const page of gapPages(ledger, stream)) {
    found.push(...page.gaps.filter((gap) => statesOf(gap).some((state) => states.includes(state))));
    unreadable.push(...page.unreadable);
    if (found.length >= limit) break;
  }
  return { gaps: found.slice(0, limit).reverse(), unreadable };
}

const styles: Readonly<Partial<Record<GapState, Style>>> = {
  open: 'yellow',
  requested: 'yellow',
  abandoned: 'red',
  reconstructed: 'magenta',
};

function table(rows: readonly Row[], nowMs: number, terminal: TerminalShape): string {
  const columns: readonly Column[] = [
    { title: 'stream', isWhole: true },
    { title: 'ids', isWhole: true },
    { title: 'how many', align: 'right', isOptional: true },
    { title: 'state', isWhole: true },
    { title: 'missing since' },
    { title: 'asked', isWhole: true, isOptional: true },
    { title: 'deadline', isWhole: true, isOptional: true },
    { title: 'to be inferred', isWhole: true, isOptional: true },
    { title: 'outcome', isWrapped: true },
  ];
  return drawTable(
    columns,
    rows.map((row) => cells(row, nowMs)),
    terminal,
  );
}

function cells(row: Row, nowMs: number): readonly TableCell[] {
  const { stream, ids, state, states, foundAt, inferenceAskedAt, resolvedAt } = row;
  const { resendAskedAt, deadline, askedAgainAt = resendAskedAt, askedAgainDeadline = deadline } = row;
  const time = (at: string | undefined): string => (at === undefined ? '–' : formatTime(Date.parse(at), nowMs));
  const style = styles[state];
  return [
    { text: stream },
    { text: spellRange(row) },
    { text: ids.toLocaleString('en-US') },
    { text: states.join(', '), ...(style !== undefined && { style }) },
    { text: `${formatDistance(Date.parse(foundAt), nowMs)}, ${time(foundAt)}` },
    { text: time(askedAgainAt) },
    { text: time(askedAgainDeadline) },
    { text: time(inferenceAskedAt) },
    { text: resolvedAt === undefined ? describeOutcome(row) : `${time(resolvedAt)} ${describeOutcome(row)}` },
  ];
}
