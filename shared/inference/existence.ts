import type { Catalog } from '../catalog-definition.ts';
import type { AnswerCounts } from '../gaps/answers.ts';
import { LruCache } from '../lru-cache.ts';
import type { Clock, GapLedger } from '../ports.ts';
import type { StreamSettings } from '../stream-settings.ts';

/** How likely a missing event of a stream existed, and the counts behind the probability. */
export interface Existence {
  /** From 0 to 1. */
  readonly probability: number;
  /** The answers that came after their deadlines. */
  readonly answers: AnswerCounts;
  /** The answers that are assumed in advance: the prior. */
  readonly assumed: AnswerCounts;
}

/**
 * Returns how likely an event existed that nobody sent by its deadline. Events that were filled before their deadline
 * are left out, since they were late and not lost.
 *
 *     P(existed) = (late originals + assumed originals) / (late originals + late voids + both assumed numbers)
 */
export function existenceOf(
  answers: AnswerCounts,
  { assumedOriginals, assumedVoids }: Pick<StreamSettings, 'assumedOriginals' | 'assumedVoids'>,
): Existence {
  const originals = answers.originals + assumedOriginals;
  const probability = originals / (originals + answers.voids + assumedVoids);
  return { probability, answers, assumed: { originals: assumedOriginals, voids: assumedVoids } };
}

/** How long the counts of a stream are cached, in milliseconds, so that the gaps of one sweep share them. */
const lifeMs = 60_000;
const maxStreams = 1_000;

interface Kept {
  readonly answers: Promise<AnswerCounts>;
  readonly untilMs: number;
}

/** Loads how likely missing events existed, once a minute for each stream. */
export class ExistenceRecord {
  private readonly deps: { readonly ledger: GapLedger; readonly clock: Clock; readonly catalog: Catalog };
  private readonly streams = new LruCache<Kept>({ maxEntries: maxStreams });

  constructor(deps: { readonly ledger: GapLedger; readonly clock: Clock; readonly catalog: Catalog }) {
    this.deps = deps;
  }

  async of(stream: string): Promise<Existence> {
    const { ledger, clock, catalog } = this.deps;
    const kept = this.streams.get(stream);
    if (kept && kept.untilMs > clock.now()) return existenceOf(await kept.answers, catalog.stream(stream));
    const answers = ledger.lateAnswers(stream);
    this.streams.set(stream, { answers, untilMs: clock.now() + lifeMs });
    // After an error, the next gap loads the counts again.
    answers.catch(() => {
      this.streams.take(stream);
    });
    return existenceOf(await answers, catalog.stream(stream));
  }
}
