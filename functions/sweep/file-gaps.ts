import { fileHoles, hidesIds } from '../../shared/gaps/file-holes.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { holePages, type HolePage } from '../../shared/gaps/hole-pages.ts';
import { loadEventsAround } from '../../shared/gaps/load-events.ts';
import type { Range } from '../../shared/gaps/range.ts';
import type { NumberedSettings } from '../../shared/gaps/reset.ts';
import { dueRanges, markScanned } from '../../shared/gaps/scan.ts';
import { maxFiledAtOnce } from '../../shared/ports.ts';
import type { TickDeps } from './deps.ts';
import type { ProgressWriter } from './progress-writer.ts';

/**
 * The number of holes of a page, and the number of ids to scan before the holes are recorded. So a backlog of any
 * length is processed over several ticks.
 */
const pageSize = { maxHoles: 2_000, maxIds: 2 ** 20 };

export interface FileTimes {
  readonly now: number;
  readonly scanUntilMs: number;
}

/**
 * Files the holes of the numbers that became covered a grace ago. Numbers count as scanned only when all holes among
 * them are in the ledger.
 *
 * @returns Whether no other sweep wrote in between.
 */
export async function fileDueGaps(
  deps: TickDeps,
  writer: ProgressWriter,
  { now, scanUntilMs }: FileTimes,
  settings: NumberedSettings,
): Promise<boolean> {
  const isTimeOver = (): boolean => deps.clock.now() >= scanUntilMs;
  const { stream } = writer.progress;
  for (const due of dueRanges(writer.progress, now, settings)) {
    let from = due.from;
    for await (const page of holePages(deps.blocks, stream, due, pageSize, isTimeOver)) {
      const gaps = await gapsOf(deps, stream, page, now, settings);
      if (!(await savePage(writer, gaps, { from, to: page.upTo }))) return false;
      from = page.upTo + 1;
      if (isTimeOver()) return true;
    }
  }
  return true;
}

async function gapsOf(
  deps: TickDeps,
  stream: string,
  { holes }: HolePage,
  nowMs: number,
  settings: NumberedSettings,
): Promise<readonly Gap[]> {
  const [first, last] = [holes[0], holes.at(-1)];
  if (!first || !last) return [];
  const rows = await loadRows(deps, stream, { from: first.from, to: last.to }, nowMs, settings);
  const events = await loadEventsAround(deps.blocks, stream, holes);
  return fileHoles({ stream, holes, rows, events, nowMs, settings });
}

/** Loads the rows whose ids must not be filed again. An unreadable row is one of them, so that it is not overwritten. */
async function loadRows(
  { ledger }: TickDeps,
  stream: string,
  range: Range,
  nowMs: number,
  settings: NumberedSettings,
): Promise<readonly Range[]> {
  const rows: Range[] = [];
  for await (const { gaps, unreadable } of ledger.within(stream, range)) {
    rows.push(...gaps.map(({ value }) => value).filter((row) => hidesIds(row, nowMs, settings)));
    rows.push(...unreadable.map(({ from, to = from }) => ({ from, to })));
  }
  return rows;
}

/**
 * Saves the gaps of a page in as many writes as needed. Each write marks only those numbers as scanned whose holes it
 * files. The last numbers are saved with what the sweep writes next, if they have no gap.
 */
async function savePage(writer: ProgressWriter, gaps: readonly Gap[], { from, to }: Range): Promise<boolean> {
  for (let count = maxFiledAtOnce; count - maxFiledAtOnce < gaps.length; count += maxFiledAtOnce) {
    const filed = gaps.slice(count - maxFiledAtOnce, count);
    const upTo = count < gaps.length ? (filed.at(-1)?.to ?? to) : to;
    writer.progress = markScanned(writer.progress, { from, to: upTo });
    if (!(await writer.save(filed))) return false;
  }
  if (gaps.length === 0) writer.progress = markScanned(writer.progress, { from, to });
  return true;
}
