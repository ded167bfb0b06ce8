import { loadFillings } from '../../shared/gaps/fillings.ts';
import { advanceGap, type Gap, type GapStep } from '../../shared/gaps/gap.ts';
import type { Filling } from '../../shared/gaps/holes.ts';
import { horizon, observe, startProgress, watermarkOf, type Progress } from '../../shared/gaps/progress.ts';
import { writeRequest } from '../../shared/gaps/request.ts';
import { unrecoverableLetter } from '../../shared/gaps/unrecoverable.ts';
import type { StreamSettings } from '../../shared/catalog-definition.ts';
import type { Version } from '../../shared/ports.ts';
import { highestId, lowestId } from '../../shared/tracking/block.ts';
import type { SweepDeps } from './handler.ts';

const notInTime = 'not swept within the deduplication window';

/** How many gaps are moved on at a time. */
const gapsAtATime = 200;

/**
 * Brings what is known of one stream's gaps up to date: finds holes, moves each gap on, and lifts the watermark. It can be done
 * twice, or by two instances at once, and is the same as once: rows are created only where there is none, all else is written
 * on the condition that nobody has written since, and what is sent twice is answered once.
 */
export async function sweepStream(deps: SweepDeps, stream: string): Promise<void> {
  const [last, before] = await Promise.all([deps.blocks.last(stream), deps.ledger.progress(stream)]);
  // Of a stream that has been silent for a window no block is left.
  const highWater = (last && highestId(last)) ?? before?.value.highWater;
  if (highWater === undefined) return;
  const now = deps.clock.now();
  const settings = deps.catalog.stream(stream);
  const observed = observe(before?.value ?? startProgress(stream), highWater, now, settings);
  const begun = await begin(deps, observed, now, settings);
  const current = await abandonForgotten(deps, begun, now);
  const scanned = await findGaps(deps, current, now, settings);
  const fillings = await advanceGaps(deps, current, now, settings);
  const after: Progress = { ...current, scanned, watermark: watermarkOf(scanned, fillings) };
  if (isSame(before?.value, after)) return;
  // A tick that overlapped has saved what it saw. The next one goes on from there.
  await deps.ledger.saveProgress(stream, after, before?.version);
}

/** Settles where the stream begins, once its first grace has run out. */
async function begin(deps: SweepDeps, progress: Progress, now: number, settings: StreamSettings): Promise<Progress> {
  if (progress.first !== undefined || horizon(progress, now, settings) === undefined) return progress;
  const lowest = await deps.blocks.first(progress.stream);
  const first = settings.start ?? (lowest && lowestId(lowest)) ?? 0;
  return { ...progress, first, scanned: first - 1, watermark: first - 1 };
}

/**
 * Gives up what was not scanned in time: its blocks may be gone, and an id that is merely forgotten must not be called missing,
 * far less be inferred.
 */
async function abandonForgotten(deps: SweepDeps, progress: Progress, now: number): Promise<Progress> {
  const { stream, scanned, floor, first } = progress;
  if (first === undefined || scanned >= floor) return progress;
  const range = { from: scanned + 1, to: floor };
  const request = { ...range, stream, phase: 'infer', attempt: 1, deadlineMs: now } as const;
  const letter = unrecoverableLetter(request, 'sweep', notInTime, now);
  await deps.publisher.publish('dead-letter-queue', letter);
  await deps.ledger.open([{ ...range, stream, state: 'abandoned', foundAtMs: now, resolvedAtMs: now }]);
  return { ...progress, scanned: floor };
}

/** Files the holes up to the horizon. @returns Up to which id every hole is filed. */
async function findGaps(deps: SweepDeps, progress: Progress, now: number, settings: StreamSettings): Promise<number> {
  const { stream, first, scanned } = progress;
  const to = horizon(progress, now, settings);
  if (first === undefined || to === undefined || to <= scanned) return scanned;
  const [filling] = await loadFillings(deps.blocks, stream, [{ from: scanned + 1, to }]);
  const gaps = filling?.missing.map((range): Gap => ({ ...range, stream, state: 'open', foundAtMs: now })) ?? [];
  if (gaps.length > 0) await deps.ledger.open(gaps);
  return to;
}

/** Moves the unresolved gaps on. @returns What they hold. */
async function advanceGaps(
  deps: SweepDeps,
  progress: Progress,
  now: number,
  settings: StreamSettings,
): Promise<readonly Filling[]> {
  const gaps = await deps.ledger.unresolved(progress.stream);
  const ranges = gaps.map(({ value }) => value);
  const fillings = await loadFillings(deps.blocks, progress.stream, ranges);
  for (let at = 0; at < gaps.length; at += gapsAtATime) {
    const chunk = gaps.slice(at, at + gapsAtATime);
    await Promise.all(
      chunk.map(async ({ value, version }, i) => {
        const filling = fillings[at + i];
        const step = filling && advanceGap(value, filling, now, settings, progress.floor);
        if (step && step.gap !== value) await record(deps, step, version, now);
      }),
    );
  }
  return fillings;
}

/** What is to be sent is published first and recorded then: a crash in between sends it again. */
async function record(deps: SweepDeps, { gap, send, giveUp }: GapStep, version: Version, now: number): Promise<void> {
  if (send) await deps.publisher.publish('reprocess-requests', writeRequest(send));
  if (giveUp) await deps.publisher.publish('dead-letter-queue', unrecoverableLetter(giveUp, 'sweep', notInTime, now));
  await deps.ledger.save(gap, version);
}

function isSame(before: Progress | undefined, after: Progress): boolean {
  const fields = ['highWater', 'first', 'watermark', 'scanned', 'floor', 'sweptAtMs'] as const;
  return fields.every((field) => before?.[field] === after[field]) && before !== undefined;
}
