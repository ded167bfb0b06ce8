import { write, type Io } from '../command.ts';
import type { PipelineReader } from '../reader/pipeline-reader.ts';
import { terminalOf } from '../screen/table.ts';
import { drawGapRows } from './gap-table.ts';
import { loadGapRows, type GapRow, type WantedGaps } from './load-rows.ts';

/** Prints the wanted gaps. @returns The exit code. */
export type PrintGaps = () => Promise<number>;

type LedgerReader = Pick<PipelineReader, 'streams' | 'ledger' | 'nowMs'>;
type Printing = Pick<Io, 'stdout' | 'stderr'>;

/** Makes a function that prints the gaps one a line, and when it is called again, those that changed meanwhile. */
export function jsonPrinter(reader: LedgerReader, wanted: WantedGaps, io: Printing): PrintGaps {
  const printed = new Map<string, string>();
  return async () => {
    const others: string[] = [];
    let isReadable = true;
    for await (const { rows, unreadable, notes } of loadGapRows(reader, wanted)) {
      const lines = rows.map((row) => [`${row.stream}/${row.from}`, JSON.stringify(row)] as const);
      const changed = lines.filter(([key, line]) => printed.get(key) !== line);
      for (const [key, line] of changed) printed.set(key, line);
      // The gaps of a stream are printed before those of the next are read.
      await write(io.stdout, changed.map(([, line]) => `${line}\n`).join(''));
      others.push(...notes, ...unreadable);
      isReadable &&= unreadable.length === 0;
    }
    const news = others.filter((line) => !printed.has(line));
    for (const line of news) printed.set(line, line);
    await write(io.stderr, news.map((line) => `${line}\n`).join(''));
    return isReadable ? 0 : 1;
  };
}

/** Makes a function that prints one table of all gaps. A table is as wide as its widest cells, so all rows are read first. */
export function tablePrinter(reader: LedgerReader, wanted: WantedGaps, io: Printing): PrintGaps {
  return async () => {
    const rows: GapRow[] = [];
    const notes: string[] = [];
    const unreadable: string[] = [];
    let [streams, unnumbered] = [0, 0];
    for await (const found of loadGapRows(reader, wanted)) {
      rows.push(...found.rows);
      notes.push(...found.notes);
      unreadable.push(...found.unreadable);
      streams++;
      if (found.isUnnumbered) unnumbered++;
    }
    // Of streams without numbers nobody knows whether they have gaps.
    const none = unnumbered > 0 && unnumbered === streams ? '' : 'no gaps\n';
    const table = rows.length === 0 ? none : `${drawGapRows(rows, reader.nowMs(), terminalOf(io.stdout))}\n`;
    await write(io.stdout, `${table}${notes.map((line) => `\n  ${line}\n`).join('')}`);
    await write(io.stderr, unreadable.map((line) => `${line}\n`).join(''));
    return unreadable.length === 0 ? 0 : 1;
  };
}
