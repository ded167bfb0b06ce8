import type { FunctionBuilders } from '../../functions/builders.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { maxFiledAtOnce, type GapLedger, type GapRows } from '../../shared/ports.ts';
import { aBlockWith, anEntry } from '../support/builders.ts';
import { methodsOf, onPorts, publishing, readingProgress, savingProgress, withSettings } from './planting.ts';

/** Pipelines with one bug each in fronts, gaps or their letters, by the name of the bug. */
export const plantedFrontBugs: Readonly<Record<string, FunctionBuilders>> = {
  'numbers count as scanned before their holes are filed': savingProgress((progress) => scannedUpTo(progress)),

  'the progress is saved before its rows': onPorts('sweep', ({ ledger }) => ({
    ledger: methodsOf(ledger, {
      saveProgress: async (stream, progress, expected, found = []) => {
        const version = await ledger.saveProgress(stream, progress, expected);
        return version === undefined || found.length === 0
          ? version
          : ledger.saveProgress(stream, progress, version, found);
      },
    }),
  })),

  'a piece counts as scanned above the rows that were saved': savingProgress((progress, found) =>
    found.length === maxFiledAtOnce ? scannedUpTo(progress) : progress,
  ),

  'gaps are filed before their grace is over': onPorts('sweep', ({ clock }) => ({
    clock: { ...clock, now: () => clock.now() + 10 * 60_000 },
  })),

  'the ids of a forgotten block count as missing': readingProgress('sweep', (progress) => ({
    ...progress,
    pieces: progress.pieces.map((piece) => ({ ...piece, sinceMs: Number.POSITIVE_INFINITY })),
  })),

  'an event that may be forgotten is handled as new': onPorts('track', ({ ledger }) => ({
    ledger: methodsOf(ledger, { progress: () => Promise.resolve(undefined) }),
  })),

  'forgotten ranges are not remembered': savingProgress((progress) => ({ ...progress, forgotten: [] })),

  'every late message is refused as forgotten': readingProgress('track', (progress) => ({ ...progress, sweptAtMs: 0 })),

  'scanned numbers are scanned again and again': savingProgress((progress) => ({
    ...progress,
    pieces: progress.pieces.map((piece) => ({ ...piece, isScanned: false })),
  })),

  'first never moves down': onPorts('sweep', ({ ledger }) => {
    const firsts = new Map<string, number>();
    return {
      ledger: methodsOf(ledger, {
        saveProgress: (stream, progress, ...rest) => {
          const first = firsts.get(stream) ?? progress.pieces[0]?.from ?? 0;
          firsts.set(stream, first);
          const pieces = progress.pieces.filter(({ from }) => from >= first);
          return ledger.saveProgress(stream, { ...progress, pieces }, ...rest);
        },
      }),
    };
  }),

  'a wrong id is taken for the end of its stream': withSettings('sweep', { maxGap: 10_000 }),

  'numbers that are far apart are never a front': withSettings('sweep', { maxGap: 1 }),

  'the query for new blocks begins a minute late': onPorts('sweep', ({ blocks }) => ({
    blocks: methodsOf(blocks, { writtenSince: (stream, sinceMs) => blocks.writtenSince(stream, sinceMs + 180_000) }),
  })),

  'a sweep does not read what was written since the last one': onPorts('sweep', ({ blocks }) => ({
    blocks: methodsOf(blocks, { writtenSince: (stream) => blocks.writtenSince(stream, Number.MAX_SAFE_INTEGER) }),
  })),

  'a range that is too long hides its ids': onPorts('sweep', ({ ledger }) => ({
    ledger: methodsOf(ledger, { within: (stream, range) => withLongRows(ledger, stream, range) }),
  })),

  'the ranges between fronts are told again': readingProgress('sweep', (progress) => ({ ...progress, told: [] })),

  'the step of a stream is ignored': withSettings('sweep', { numbering: 'consecutive' }),

  'doubtful gaps are inferred': withSettings('sweep', { doubt: { near: 1, far: 1, pairs: 0 } }),

  'doubtful gaps are told in every letter': readingProgress('sweep', (progress) => ({
    ...progress,
    doubtToldAtMs: undefined,
  })),

  'a stream has a letter about gaps each minute': readingProgress('sweep', (progress) => ({
    ...progress,
    gaveUpAtMs: undefined,
  })),

  'no id is too far ahead': withSettings('track', { maxJump: 1_000_000 }),

  'an id is too far ahead if nothing is held below it': onPorts('track', ({ blocks }) => ({
    blocks: methodsOf(blocks, {
      below: async (stream, index, limit) => {
        const below = await blocks.below(stream, index, limit);
        return below.length > 0 ? below : [aBlockWith({ 0: [anEntry()] })];
      },
    }),
  })),

  'a gap is given up without a letter': publishing('sweep', async (publisher, topic, message) => {
    if (topic !== 'dead-letter-queue') await publisher.publish(topic, message);
  }),

  'the letter of a gap is published after its row': onPorts('sweep', ({ publisher, clock }) => ({
    publisher: {
      publish: async (topic, message) => {
        if (topic !== 'dead-letter-queue') await publisher.publish(topic, message);
        else clock.schedule(5_000, () => void publisher.publish(topic, message).catch(() => undefined));
      },
    },
  })),
};

/** Marks all pieces up to the highest one as scanned. */
function scannedUpTo(progress: Progress): Progress {
  return { ...progress, pieces: progress.pieces.map((piece) => ({ ...piece, isScanned: true })) };
}

/** Adds to the rows of a range those that are too long, in parts that are short. */
async function* withLongRows(ledger: GapLedger, stream: string, range: Range): AsyncIterable<GapRows> {
  yield* ledger.within(stream, range);
  const { gaps } = await ledger.list(stream, 10_000);
  const parts = gaps
    .filter((gap) => gap.to - gap.from > 100)
    .flatMap((gap) => splitIntoShort(gap))
    .map((value) => ({ value, version: '1' }));
  yield { gaps: parts, unreadable: [] };
}

function splitIntoShort(gap: Gap): readonly Gap[] {
  const size = 5;
  const count = Math.ceil((gap.to - gap.from + 1) / size);
  return Array.from({ length: count }, (_, i) => {
    const from = gap.from + i * size;
    return { ...gap, from, to: Math.min(gap.to, from + size - 1) };
  });
}
