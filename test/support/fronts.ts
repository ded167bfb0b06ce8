import { frontsOf, latestFront, watermarkOf } from '../../shared/gaps/front.ts';
import type { GapLedger } from '../../shared/ports.ts';

/** The front of a stream that grew last, as a sweep has stored it. Undefined if there is none. */
export async function storedFront(
  ledger: Pick<GapLedger, 'progress' | 'unresolved'>,
  stream = 'default',
): Promise<{ first: number; highWater: number; watermark: number } | undefined> {
  const progress = await ledger.progress(stream);
  const front = progress && latestFront(frontsOf(progress.value));
  if (!front) return undefined;
  const { gaps } = await ledger.unresolved(stream, 1, front.first - 1);
  const watermark = watermarkOf(
    front,
    gaps.map(({ value }) => value),
  );
  return { first: front.first, highWater: front.last, watermark };
}
