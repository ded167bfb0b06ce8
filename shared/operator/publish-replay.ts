import type { Actor, DeadLetter, LetterIn } from '../dead-letter/dead-letter.ts';
import { decidedMessage } from '../dead-letter/replay.ts';
import { markSent } from '../dead-letter/replay-outcome.ts';
import type { DeadLetterStore, Publisher } from '../ports.ts';

export interface PublishReplayDeps {
  readonly letters: Pick<DeadLetterStore, 'find' | 'save'>;
  readonly publisher: Publisher;
}

/**
 * Publishes a replay that was decided, and then records that. A crash in between leaves the record `sending`, and the
 * tick of sweep publishes the same message again.
 *
 * @returns The record afterwards.
 */
export async function publishReplay(
  { letters, publisher }: PublishReplayDeps,
  decided: LetterIn<'sending'>,
  actor: Actor,
): Promise<DeadLetter> {
  await publisher.publish('mended-events', decidedMessage(decided));
  const found = await letters.find(decided.id);
  if (!found) return decided;
  const sent = markSent(found.value, decided.replay, actor);
  if (sent === found.value) return sent;
  // If it fails, another process changed the record meanwhile, and the tick looks at it again.
  return (await letters.save(sent, found.version)) ? sent : found.value;
}
