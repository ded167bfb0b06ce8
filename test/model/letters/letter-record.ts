import type { InFlight, ModelRecord } from './letter-state.ts';

type Letter = InFlight & { readonly is: 'letter' };

/** Files a letter: the record of its root afterwards. @param isHeld Whether the store holds what the record sent last. */
export function fileModelLetter(record: ModelRecord | undefined, letter: Letter, isHeld: boolean): ModelRecord {
  const { n, content, code, at } = letter;
  const failed = { n, at, code, content };
  if (!record) {
    const nothing = { draft: undefined, replace: false };
    return { state: 'open', n, original: content, failed, revision: 1, known: [content], ...nothing };
  }
  // A letter of an earlier replay is late: it changes nothing.
  if (n < record.n) return record;
  const known = record.known.includes(content) ? record.known : [...record.known, content];
  const opened: ModelRecord = { ...record, state: 'open', n, failed, revision: record.revision + 1, known };
  if (n > record.n) return opened;
  const isOfCurrent = content === (record.draft ?? record.original);
  if (n > 0 && isHeld && isOfCurrent && record.state !== 'done' && record.state !== 'discarded')
    return { ...record, state: 'done', revision: record.revision + 1 };
  if (record.state === 'done') return record;
  if (record.state === 'discarded' && record.known.includes(content)) return record;
  const isEarlier = at < record.failed.at && n === record.failed.n;
  return record.state === 'open' && isEarlier ? record : opened;
}
