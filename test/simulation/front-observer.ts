import type { Gap } from '../../shared/gaps/gap.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import { overlap, sizeOf, type Range } from '../../shared/gaps/range.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { Coverage } from './coverage.ts';
import { runsOfNumbers } from './laws/naive-fronts.ts';
import { streams, stepOfSteps, type StreamName } from './setting.ts';

/** Recognises rare situations of fronts, gaps and their letters. */
export class FrontObserver {
  private readonly coverage: Coverage;
  private readonly runs = new Map<string, readonly Range[]>();
  private readonly givenUp = new Map<string, readonly Gap[]>();
  private readonly toldAtMs = new Map<string, number>();

  constructor(coverage: Coverage) {
    this.coverage = coverage;
  }

  seeProgress({ stream, pieces }: Progress, found: readonly Gap[]): void {
    const runs = runsOfNumbers(pieces);
    this.compare(this.runs.get(stream) ?? [], runs);
    this.runs.set(stream, runs);
    for (const gap of found) this.seeFound(gap);
  }

  seeRow(row: Gap): void {
    this.seeAskedAgain(row);
    if (row.state !== 'abandoned') return;
    this.givenUp.set(row.stream, [...(this.givenUp.get(row.stream) ?? []), row]);
    if (row.letterFrom === undefined) this.coverage.situation('a doubtful gap is given up without a letter');
  }

  private seeAskedAgain({ askedAgain, state, cameLateAtMs }: Gap): void {
    if (!askedAgain) return;
    const { coverage } = this;
    if (state === 'requested') coverage.situation('a producer is asked again for a gap that is not resolved');
    else if (state === 'abandoned') coverage.situation('a producer is asked again for a gap that was given up');
    else if (cameLateAtMs !== undefined)
      coverage.situation('a gap that was given up is filled after its producer was asked again');
  }

  seeLetter({ data, attributes: { stream = '' } }: Message, atMs: number): void {
    const { gaps } = JSON.parse(Buffer.from(data).toString()) as { readonly gaps: readonly unknown[] };
    if (gaps.length > 1) this.coverage.situation('a letter about several gaps');
    const lastMs = this.toldAtMs.get(stream);
    // A letter that waits comes with the first tick after the ten minutes.
    if (lastMs !== undefined && atMs - lastMs >= 600_000 && atMs - lastMs < 720_000)
      this.coverage.situation('a gap waits for the next letter');
    this.toldAtMs.set(stream, atMs);
  }

  private compare(before: readonly Range[], after: readonly Range[]): void {
    const { coverage } = this;
    const fronts = after.filter((run) => sizeOf(run) > 1);
    for (const { from, to } of fronts) {
      const within = before.filter((run) => sizeOf(run) > 1 && from <= run.from && run.to <= to);
      if (within.length > 1) coverage.situation('fronts become one');
      if (within[0] && within[0].from > from) coverage.situation('a front grows downwards');
    }
    const [lowest, highest] = [fronts[0], fronts.at(-1)];
    for (const run of after.filter((one) => sizeOf(one) === 1)) {
      if (highest && run.from > highest.to) coverage.situation('an outlier above all fronts');
      if (lowest && run.from < lowest.from) coverage.situation('an outlier below all fronts');
    }
  }

  private seeFound(gap: Gap): void {
    const { coverage } = this;
    const { maxGap } = streams[gap.stream as StreamName];
    if (gap.why?.startsWith('between') === true) coverage.situation('the range between two fronts is given up');
    const isInside = this.givenUp.get(gap.stream)?.some((row) => sizeOf(row) > maxGap && overlap(row, gap)) ?? false;
    if (isInside && sizeOf(gap) <= maxGap) coverage.situation('a gap in a range that was given up before');
    if (gap.stream === 'shards' && sizeOf(gap) > 2 && gap.why === undefined)
      coverage.situation('doubtful holes share a row');
    if (gap.stream === 'steps' && sizeOf(gap) > stepOfSteps && gap.why === undefined)
      coverage.situation('a row of several ids of a step');
    if (gap.assumed) coverage.situation('holes are assumed to be normal');
  }
}
