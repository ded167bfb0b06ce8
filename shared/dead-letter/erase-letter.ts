import { isGapRoot } from '../gaps/unrecoverable.ts';
import { attributeNames } from '../messages/attributes.ts';
import { filterAttributes, type Message } from '../messages/message.ts';
import { trustedAttributes } from './arrived-letter.ts';
import type { Actor, DeadLetter, HistoryEntry, HistoryEvent, Outcome, Standing } from './dead-letter.ts';
import type { ChangeResult } from './operator-change.ts';
import { changed } from './replay-outcome.ts';

/** The facts and the wish with which a record is erased. */
export interface Erasure extends Actor {
  /** Why, such as the number of a request. It is kept. */
  readonly note: string;
  /** How the store answers for the event. Undefined if it holds none of its contents. */
  readonly holds: Outcome | undefined;
  /** How long a settled record is kept. */
  readonly retentionMs: number;
}

/** The attributes that say which entry a letter is about. */
const keptAttributes: readonly string[] = [attributeNames.stream, attributeNames.eventId, attributeNames.place];

/** The entries of a history whose notes are codes and outcomes. The notes of the others are words of operators. */
const ownNotes: readonly HistoryEvent[] = ['filed', 'came back', 'came late', 'done'];

/**
 * Erases the content of a record: messages, uuid and the notes of operators. It stays as a record, so that a message that
 * comes again is known. An open record is settled: as done if the store holds its event, otherwise as discarded.
 */
export function eraseLetter(record: DeadLetter, erasure: Erasure): ChangeResult {
  if (isGapRoot(record.root)) return { refusal: 'not-an-event' };
  if (record.erasedAtMs !== undefined) return { refusal: 'erased' };
  const standing = settledStanding(record.standing, erasure);
  if (!standing) return { refusal: 'under-way' };
  const history = record.history.map(withoutNote);
  return {
    record: changed(
      { ...record, history },
      erasure,
      'erased',
      { standing, message: erased(record.message), draft: undefined, uuid: undefined, erasedAtMs: erasure.nowMs },
      erasure.note === '' ? undefined : erasure.note,
    ),
  };
}

/** Returns how a record is settled. Undefined if a replay is under way, whose content may come back. */
function settledStanding(standing: Standing, { holds, note, nowMs, retentionMs }: Erasure): Standing | undefined {
  const expireAtMs = nowMs + retentionMs;
  switch (standing.state) {
    case 'done':
      return standing;
    case 'discarded':
      return { ...standing, note };
    case 'open':
      return holds ? { state: 'done', outcome: holds, expireAtMs } : { state: 'discarded', note, expireAtMs };
    case 'sending':
    case 'sent':
      return holds && { state: 'done', outcome: holds, expireAtMs };
  }
}

function erased({ attributes }: Message): Message {
  return {
    data: new Uint8Array(),
    attributes: filterAttributes(trustedAttributes(attributes), (name) => keptAttributes.includes(name)),
  };
}

function withoutNote({ note, ...entry }: HistoryEntry): HistoryEntry {
  return note !== undefined && ownNotes.includes(entry.did) ? { ...entry, note } : entry;
}
