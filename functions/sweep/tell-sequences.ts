import { isSequenceLetterDue, severalSequencesLetter } from '../../shared/gaps/several-sequences.ts';
import type { TickDeps } from './deps.ts';
import type { Held } from './load-held.ts';
import type { ProgressWriter } from './progress-writer.ts';

/**
 * Tells once a day, with a letter, of ids that hold several events one after another: numbering restarted, or two
 * producers share the stream. The letter is published before its time is saved. It has the day in its name, so a second
 * copy is the same letter.
 *
 * @returns Whether no other sweep wrote in between.
 */
export async function tellSequences(
  { publisher }: Pick<TickDeps, 'publisher'>,
  writer: ProgressWriter,
  { runs }: Held,
  now: number,
): Promise<boolean> {
  const { stream, sequencesToldAtMs } = writer.progress;
  if (runs.length === 0 || !isSequenceLetterDue(sequencesToldAtMs, now)) return true;
  const ascending = runs.toSorted((a, b) => a.from - b.from);
  await publisher.publish('dead-letter-queue', severalSequencesLetter(stream, ascending, now));
  writer.progress = { ...writer.progress, sequencesToldAtMs: now };
  return writer.save();
}
