import { letterId } from '../dead-letter/arrived-letter.ts';
import { askedAgain } from '../dead-letter/operator-change.ts';
import type { Gap } from '../gaps/gap.ts';
import { spellRange } from '../gaps/range.ts';
import { letterRootOf } from '../gaps/unrecoverable.ts';
import type { AuditTrail } from '../letter-ports.ts';
import type { Clock, DeadLetterStore } from '../ports.ts';

interface NoteDeps {
  readonly letters: Pick<DeadLetterStore, 'find' | 'save'>;
  readonly auditTrail: Pick<AuditTrail, 'note'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** The number of attempts if others change the letter at the same time. */
const maxAttempts = 3;

/**
 * Records in the audit trail, and in the history of the letter about a gap if that is open, that an operator has the
 * producer asked again.
 */
export async function noteAskedAgain({ letters, auditTrail, clock }: NoteDeps, gap: Gap, by: string): Promise<void> {
  const note = `${gap.stream}/${spellRange(gap)}`;
  const actor = { by, nowMs: clock.now() };
  for (let left = gap.letterFrom === undefined ? 0 : maxAttempts; left > 0; left--) {
    const found = await letters.find(letterId(letterRootOf(gap)));
    const changed = found && askedAgain(found.value, note, actor);
    if (!changed) break;
    if (await letters.save(changed, found.version)) return;
  }
  await auditTrail.note({ letter: undefined, by, did: 'asked again', atMs: actor.nowMs, note });
}
