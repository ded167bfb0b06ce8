import { spellRange } from '../../shared/gaps/range.ts';
import type { GapState } from '../../shared/gaps/gap.ts';
import { describeOutcome } from '../../shared/views/describe-outcome.ts';
import { formatDistance, formatTime } from '../../shared/views/format.ts';
import type { Column } from '../screen/fit-columns.ts';
import { drawTable, type Style, type TableCell, type TerminalShape } from '../screen/table.ts';
import type { GapRow } from './load-rows.ts';

const styles: Readonly<Partial<Record<GapState, Style>>> = {
  open: 'yellow',
  requested: 'yellow',
  abandoned: 'red',
  reconstructed: 'magenta',
};

/** Draws a table of gaps. */
export function drawGapRows(rows: readonly GapRow[], nowMs: number, terminal: TerminalShape): string {
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

function cells(row: GapRow, nowMs: number): readonly TableCell[] {
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
