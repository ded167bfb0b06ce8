import type { Progress } from '../../../shared/gaps/progress.ts';
import type { Range } from '../../../shared/gaps/range.ts';
import { isUnresolved, type Gap } from '../../../shared/gaps/gap.ts';
import { mostSkewMs } from '../fleet.ts';
import type { ProgressSeen, RowSeen } from '../journal.ts';
import { expectedIdsOf, type ExpectedIds } from './expected-ids-of.ts';
import { isLongRow, naiveFronts, runsOfNumbers } from './naive-fronts.ts';
import type { Observations } from './observations.ts';
import type { Law } from './law.ts';

/** A front, by the progress and the rows, with its watermark. */
interface Mark extends Range {
  /** All of the front up to this id is scanned and in no unresolved row. */
  readonly watermark: number;
}

/** At the end of a run the progress has the fronts and the outliers that the held ids form, and all are scanned. */
export const frontsAreTrue: Law = function* (observations) {
  if (observations.journal.slept) return;
  for (const stream of observations.streams) {
    const { fronts, outliers } = naiveFronts(observations.heldIn(stream), observations.settings(stream));
    const pieces = observations.progress(stream)?.pieces ?? [];
    const runs = runsOfNumbers(pieces);
    const right = [...fronts, ...outliers.map((id) => ({ from: id, to: id }))].sort((a, b) => a.from - b.from);
    if (spell(runs) !== spell(right)) yield `the fronts of ${stream} are ${spell(runs)}, but should be ${spell(right)}`;
    for (const { isScanned, ...piece } of pieces) if (!isScanned) yield `${spell([piece])} of ${stream} is not scanned`;
  }
};

/** A covered number stays covered, and a scanned one stays scanned, until it is a window old. So `first` only falls. */
export const coveredStays: Law = function* (observations) {
  for (const stream of observations.streams) {
    const { windowMs } = observations.settings(stream);
    let before: Progress | undefined;
    for (const { progress, atMs } of observations.journal.progress.filter((one) => one.progress.stream === stream)) {
      const covered = runsOfNumbers(progress.pieces);
      const scanned = runsOfNumbers(progress.pieces.filter(({ isScanned }) => isScanned));
      for (const piece of before?.pieces ?? []) {
        const isOld = piece.sinceMs + windowMs <= atMs + 2 * mostSkewMs && contains(progress.forgotten, piece);
        if (!isOld && !contains(covered, piece)) yield `${spell([piece])} of ${stream} is not covered any more`;
        if (!isOld && piece.isScanned && !contains(scanned, piece))
          yield `${spell([piece])} of ${stream} is not scanned any more`;
      }
      before = progress;
    }
  }
};

/**
 * No id of a front at or below its watermark is unaccounted for: each has reached track or was given up. The watermark
 * falls only if the front gains numbers below.
 */
export const watermarkIsTrue: Law = function* (observations) {
  for (const stream of observations.streams) {
    const expected = expectedIdsOf(observations, stream);
    const since = accountedSince(observations, stream);
    let before: readonly Mark[] = [];
    for (const { order, marks } of marksOf(observations, stream)) {
      for (const mark of marks) {
        const known = before.find(({ from, to }) => from === mark.from && to <= mark.to);
        if (known && mark.watermark < known.watermark)
          yield `the watermark of ${stream} fell from ${known.watermark} to ${mark.watermark}`;
        const range = { from: (known?.watermark ?? mark.from - 1) + 1, to: mark.watermark };
        for (const id of unaccounted(range, order, expected, since))
          yield `the watermark of ${stream} rose to ${mark.watermark}, past ${id}`;
      }
      before = marks;
    }
  }
};

function unaccounted(
  range: Range,
  order: number,
  expected: ExpectedIds,
  since: ReadonlyMap<number, number>,
): readonly number[] {
  if (range.to < range.from) return [];
  return expected.within(range).filter((id) => !((since.get(id) ?? Number.POSITIVE_INFINITY) <= order));
}

/** At the end of a run the watermark of each front is right below the lowest gap that still waits, or at its end. */
export const watermarkArrives: Law = function* (observations) {
  for (const stream of observations.streams) {
    const { recover } = observations.settings(stream);
    for (const { from, to, watermark } of marksOf(observations, stream).at(-1)?.marks ?? []) {
      const open = observations.rowsOf(stream).filter((row) => !recover && row.state === 'open' && row.from >= from);
      const right = Math.min(to, ...open.map((row) => row.from - 1));
      if (watermark < right) yield `the watermark of ${stream} is ${watermark}, but should be ${right}`;
    }
  }
};

/** Returns the fronts of a stream with their watermarks, after each change of its progress or rows. */
function marksOf({ journal }: Observations, stream: string): readonly { order: number; marks: readonly Mark[] }[] {
  const saves = journal.progress.filter(({ progress }) => progress.stream === stream);
  const rows = journal.rows.filter(({ row }) => row.stream === stream);
  const changes = [...saves, ...rows].sort((a, b) => a.order - b.order);
  const unresolved = new Map<number, Gap>();
  let progress: Progress | undefined;
  const all: { order: number; marks: readonly Mark[] }[] = [];
  for (const change of changes) {
    if (isRow(change)) {
      if (isUnresolved(change.row)) unresolved.set(change.row.from, change.row);
      else unresolved.delete(change.row.from);
    } else progress = change.progress;
    if (progress) all.push({ order: change.order, marks: marksIn(progress, [...unresolved.values()]) });
  }
  return all;
}

function isRow(change: ProgressSeen | RowSeen): change is RowSeen {
  return 'row' in change;
}

function marksIn({ pieces }: Progress, unresolved: readonly Gap[]): readonly Mark[] {
  return runsOfNumbers(pieces)
    .filter(({ from, to }) => to > from)
    .map(({ from, to }) => {
      const unscanned = pieces.find((piece) => !piece.isScanned && from <= piece.from && piece.from <= to);
      const bounds = unresolved.filter((row) => row.from >= from).map((row) => row.from - 1);
      return { from, to, watermark: Math.min(to, (unscanned?.from ?? to + 1) - 1, ...bounds) };
    });
}

/**
 * Finds for each id of a stream the order of its first delivery to track, or of the write of a row that gave it up or
 * assumed that it does not exist. Rows that are too long give up no single id.
 */
function accountedSince({ journal, settings }: Observations, stream: string): ReadonlyMap<number, number> {
  const since = new Map<number, number>();
  const account = ({ from, to }: Range, order: number): void => {
    for (let id = from; id <= to; id++) if (order < (since.get(id) ?? Number.POSITIVE_INFINITY)) since.set(id, order);
  };
  for (const delivery of journal.deliveries) if (delivery.stream === stream) account(delivery, delivery.order);
  for (const { row, order } of journal.rows) {
    const isGivenUp = row.state === 'abandoned' || row.assumed === true;
    if (row.stream === stream && isGivenUp && !isLongRow(row, settings(stream))) account(row, order);
  }
  return since;
}

function contains(runs: readonly Range[], { from, to }: Range): boolean {
  return runs.some((run) => run.from <= from && to <= run.to);
}

function spell(ranges: readonly Range[]): string {
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`)).join(', ') || 'none';
}
