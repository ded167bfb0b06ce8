import { readLetter, type ArrivedLetter } from '../../shared/dead-letter/arrived-letter.ts';
import type { DeadLetter, HeldOutcome } from '../../shared/dead-letter/dead-letter.ts';
import { fileInRecord, lastReplayOf } from '../../shared/dead-letter/file-in-record.ts';
import { RetryableError } from '../../shared/errors.ts';
import type { FunctionInstance, PortsOf, Services } from '../../shared/function-instance.ts';
import { askStore } from '../../shared/operator/ask-store.ts';
import { messageSubject } from '../../shared/validation/subject.ts';
import type { Handler } from '../../shared/messages/message.ts';

/** Files dead letters for review, in one record for each root. Acks when the letter is filed. */
export function makeArchive({ portsUntil, catalog, clock }: PortsOf<'letters' | 'blocks'>): FunctionInstance {
  const handler: Handler = async (delivery) => {
    const { letters, blocks } = portsUntil(delivery.deadlineMs);
    const letter = readLetter(delivery, (message) => messageSubject(message, catalog));
    const filed = await letters.find(letter.id);
    const record = fileInRecord(filed?.value, letter, {
      by: 'archive',
      nowMs: clock.now(),
      holds: await held(blocks, letter, filed?.value),
      retentionMs: catalog.letterRetention.settledMs,
    });
    if (record === filed?.value) return;
    const isSaved = await letters.save(record, filed?.version);
    if (!isSaved) throw new RetryableError('the record was changed by another instance at the same time');
  };
  return { handler };
}

/** Returns how the store holds what a letter says failed. It is read only for the letter of a record's last replay. */
async function held(
  blocks: Services['blocks'],
  { replay, root }: ArrivedLetter,
  record: DeadLetter | undefined,
): Promise<HeldOutcome | undefined> {
  const entry = record && replay > 0 && replay === record.replay ? lastReplayOf(record)?.entry : undefined;
  return entry && (await askStore(blocks, { root, entry })).holds;
}
