import { fileLetter, readLetter } from '../../shared/dead-letter/record.ts';
import { RetryableError } from '../../shared/errors.ts';
import type { FunctionInstance, PortsOf } from '../../shared/function-instance.ts';
import { streamOfMessage } from '../../shared/validation/stream-of-message.ts';
import type { Handler } from '../../shared/messages/message.ts';

/** Files dead letters for review, one for each root. Acks when the letter is filed. */
export function makeArchive({ portsUntil, catalog, clock }: PortsOf<'letters'>): FunctionInstance {
  const handler: Handler = async (delivery) => {
    const { letters } = portsUntil(delivery.deadlineMs);
    const letter = readLetter(delivery, clock.now(), (message) => streamOfMessage(message, catalog));
    const filed = await letters.find(letter.id);
    const record = fileLetter(filed?.value, letter);
    if (record === filed?.value) return;
    const isSaved = await letters.save(record, filed?.version);
    if (!isSaved) throw new RetryableError('the letter was filed by another instance at the same time');
  };
  return { handler };
}
