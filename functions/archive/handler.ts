import { readLetter } from '../../shared/dead-letter/arrived-letter.ts';
import { settledRetentionMs } from '../../shared/dead-letter/dead-letter.ts';
import { fileInRecord } from '../../shared/dead-letter/file-in-record.ts';
import { RetryableError } from '../../shared/errors.ts';
import type { FunctionInstance, PortsOf } from '../../shared/function-instance.ts';
import { streamOfMessage } from '../../shared/validation/stream-of-message.ts';
import type { Handler } from '../../shared/messages/message.ts';

/** Files dead letters for review, in one record for each root. Acks when the letter is filed. */
export function makeArchive({ portsUntil, catalog, clock }: PortsOf<'letters'>): FunctionInstance {
  const handler: Handler = async (delivery) => {
    const { letters } = portsUntil(delivery.deadlineMs);
    const letter = readLetter(delivery, (message) => streamOfMessage(message, catalog));
    const filed = await letters.find(letter.id);
    const record = fileInRecord(filed?.value, letter, {
      by: 'archive',
      nowMs: clock.now(),
      isHeld: false,
      retentionMs: settledRetentionMs,
    });
    if (record === filed?.value) return;
    const isSaved = await letters.save(record, filed?.version);
    if (!isSaved) throw new RetryableError('the record was changed by another instance at the same time');
  };
  return { handler };
}
