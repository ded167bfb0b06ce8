import { amendGap } from '../../shared/gaps/amend.ts';
import { askRefusal, requestsAgain, withAskedAgain } from '../../shared/gaps/ask-again.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { writeRequest } from '../../shared/gaps/request.ts';
import { afterReset } from '../../shared/gaps/reset.ts';
import type { TickDeps } from './deps.ts';
import { loadCoverages } from './load-coverage.ts';

/**
 * Asks the producer again for the events of a gap that are still missing, because an operator wants them. Does nothing if
 * none is missing, or if the producer still has time to answer. So a repeated or late tick has no effect.
 *
 * The requests are published before they are recorded. After a crash in between, they are published again.
 */
export async function askAgain(
  { ledger, blocks, publisher, catalog, clock }: TickDeps,
  { stream, from }: Pick<Gap, 'stream' | 'from'>,
): Promise<void> {
  const progress = (await ledger.progress(stream))?.value;
  const gap = (await ledger.find(stream, from))?.value;
  if (!gap || !progress) return;
  const now = clock.now();
  const settings = afterReset(catalog.stream(stream), progress);
  const asked = (row: Gap): Gap =>
    askRefusal(row, progress, now, settings) === undefined ? withAskedAgain(row, now, settings) : row;
  const next = asked(gap);
  const coverage = next === gap ? undefined : (await loadCoverages(blocks, [gap], settings)).get(gap);
  if (!coverage || coverage.missing === 0) return;
  for (const request of requestsAgain(next, coverage.holes))
    await publisher.publish('reprocess-requests', writeRequest(request));
  await amendGap(ledger, stream, from, asked);
}
