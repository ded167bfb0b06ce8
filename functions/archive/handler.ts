import { fileLetter, readLetter } from '../../shared/dead-letter/record.ts';
import { RetryableError } from '../../shared/errors.ts';
import type { Handler } from '../../shared/messages/message.ts';
import type { Clock, DeadLetterStore, PortsUntil } from '../../shared/ports.ts';

export interface ArchiveDeps {
  readonly portsUntil: PortsUntil<{ readonly letters: DeadLetterStore }>;
  readonly clock: Clock;
}

/** Files dead letters for review, one a root. Acks once the letter is filed. */
export function makeArchive({ portsUntil, clock }: ArchiveDeps): Handler {
  return async (delivery) => {
    const { letters } = portsUntil(delivery.deadlineMs);
    const letter = readLetter(delivery, clock.now());
    const filed = await letters.find(letter.id);
    const record = fileLetter(filed?.value, letter);
    if (record === filed?.value) return;
    const isSaved = await letters.save(record, filed?.version);
    if (!isSaved) throw new RetryableError('the letter was filed by another instance at the same time');
  };
}
