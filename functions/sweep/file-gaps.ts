import { advanceGap } from '../../shared/gaps/advance-gap.ts';
import { noAnswers } from '../../shared/gaps/answers.ts';
import { fileHoles, hidesIds } from '../../shared/gaps/file-holes.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { holePages, type HolePage } from '../../shared/gaps/hole-pages.ts';
import { loadEventsAround } from '../../shared/gaps/load-events.ts';
import { sizeOf, type Range } from '../../shared/gaps/range.ts';
import { writeRequest } from '../../shared/gaps/request.ts';
import type { NumberedSettings } from '../../shared/gaps/reset.ts';
import { dueRanges, markScanned } from '../../shared/gaps/scan.ts';
import { maxFiledAtOnce } from '../../shared/ports.ts';
import { runLimited } from '../../shared/run-limited.ts';
import type { SweepDeps } from './deps.ts';
import type { ProgressWriter } from './progress-writer.ts';

/**
 * The number of holes of a page, and the number of ids to scan before the holes are recorded. So a backlog of any
 * length is processed over several ticks.
 */
const pageSize = { maxHoles: 2_000, maxIds: 2 ** 20 };

/** The number of requests that are published at a time. */
const requestsAtOnce = 50;

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
  deps: SweepDeps,
  writer: ProgressWriter,
  { now, scanUntilMs }: FileTimes,
  settings: NumberedSettings,
): Promise<boolean> {
  const isTimeOver = (): boolean => deps.clock.now() >= scanUntilMs;
  const { stream } = writer.progress;
  for (const due of dueRanges(writer.progress, now, settings)) {
    let from = due.from;
    for await (const page of holePages(deps.blocks, stream, due, pageSize, isTimeOver)) {
      const found = await gapsOf(deps, stream, page, now, settings);
      const ask = (gaps: readonly Gap[]): Promise<readonly Gap[]> => askFor(deps, gaps, now, settings);
      if (!(await savePage(writer, found, { from, to: page.upTo }, ask))) return false;
      from = page.upTo + 1;
      if (isTimeOver()) return true;
    }
  }
  return true;
}

/** The gaps to file, and the rows that share an id with one of them. */
interface FoundGaps {
  readonly gaps: readonly Gap[];
  readonly rows: readonly Gap[];
}

async function gapsOf(
  deps: SweepDeps,
  stream: string,
  { holes }: HolePage,
  nowMs: number,
  settings: NumberedSettings,
): Promise<FoundGaps> {
  const [first, last] = [holes[0], holes.at(-1)];
  if (!first || !last) return { gaps: [], rows: [] };
  const { rows, unreadable } = await loadRows(deps, stream, { from: first.from, to: last.to });
  const hiding = [...rows.filter((row) => hidesIds(row, nowMs, settings)), ...unreadable];
  const events = await loadEventsAround(deps.blocks, stream, holes);
  return { gaps: fileHoles({ stream, holes, rows: hiding, events, nowMs, settings }), rows };
}

/** Loads the rows over a range. The ids of an unreadable row are not filed again, so that it is not overwritten. */
async function loadRows(
  { ledger }: SweepDeps,
  stream: string,
  range: Range,
): Promise<{ readonly rows: readonly Gap[]; readonly unreadable: readonly Range[] }> {
  const [rows, unreadable]: [Gap[], Range[]] = [[], []];
  for await (const page of ledger.within(stream, range)) {
    rows.push(...page.gaps.map(({ value }) => value));
    unreadable.push(...page.unreadable.map(({ from, to = from }) => ({ from, to })));
  }
  return { rows, unreadable };
}

/**
 * Asks for the events of new gaps before they are filed. So a row is written once, and need not be read to be asked for. A
 * gap whose request cannot be published is filed as open. The sweep asks for it again, and reports the error.
 *
 * @returns The gaps to file, in the same order.
 */
async function askFor(
  { publisher }: SweepDeps,
  gaps: readonly Gap[],
  nowMs: number,
  settings: NumberedSettings,
): Promise<readonly Gap[]> {
  const filed = [...gaps];
  await runLimited(gaps, requestsAtOnce, async (found, i) => {
    const unanswered = { missing: sizeOf(found), fills: new Map(), answers: noAnswers };
    const { gap, send } = advanceGap(found, unanswered, nowMs, settings);
    if (!send) return;
    await publisher.publish('reprocess-requests', writeRequest(send)).then(
      () => (filed[i] = gap),
      () => undefined,
    );
  });
  return filed;
}

/**
 * Saves the gaps of a page in as many writes as needed. Each write marks only those numbers as scanned whose holes it
 * files. The last numbers are saved with what the sweep writes next, if they have no gap.
 */
async function savePage(
  writer: ProgressWriter,
  { gaps, rows }: FoundGaps,
  { from, to }: Range,
  ask: (gaps: readonly Gap[]) => Promise<readonly Gap[]>,
): Promise<boolean> {
  for (let count = maxFiledAtOnce; count - maxFiledAtOnce < gaps.length; count += maxFiledAtOnce) {
    const filed = gaps.slice(count - maxFiledAtOnce, count);
    const upTo = count < gaps.length ? (filed.at(-1)?.to ?? to) : to;
    writer.progress = markScanned(writer.progress, { from, to: upTo });
    if (!(await writer.save(await ask(filed), rows))) return false;
  }
  if (gaps.length === 0) writer.progress = markScanned(writer.progress, { from, to });
  return true;
}
