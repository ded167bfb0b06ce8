import { letterId } from '../../shared/dead-letter/arrived-letter.ts';
import { awaitsReplay } from '../../shared/dead-letter/replay-outcome.ts';
import type { RoutingAttributes } from '../../shared/messages/routing.ts';
import type { DeadLetterStore } from '../../shared/ports.ts';

/** Whether a message is the replay of a dead letter itself. An answer of verify about it is not. */
export function isReplay({ replay, origin, answer }: RoutingAttributes): boolean {
  return replay > 0 && answer === undefined && (origin === 'replayed' || origin === 'reconstructed');
}

/**
 * Whether a record waits for a replay under its number. Another replay is late: its letter was answered, edited or
 * discarded meanwhile. The events of a split message wait in the record of the whole message.
 */
export async function isAwaited(
  letters: Pick<DeadLetterStore, 'head'>,
  { root, replay, facts }: RoutingAttributes,
): Promise<boolean> {
  const position = facts.source?.position;
  const whole = position === undefined ? undefined : root.slice(0, -`/${position}`.length);
  const roots = whole === undefined ? [root] : [root, whole];
  const heads = await Promise.all(roots.map((one) => letters.head(letterId(one))));
  return heads.some((head) => head !== undefined && awaitsReplay(head, replay));
}
