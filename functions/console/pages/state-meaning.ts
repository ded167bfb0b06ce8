import type { RecordState } from '../../../shared/dead-letter/dead-letter.ts';

/** The meaning of each state of a dead letter, and whose turn it is. */
export const stateMeaning: Readonly<Record<RecordState, string>> = {
  open: 'someone must act',
  sending: 'a replay is decided, and perhaps not published yet',
  sent: 'a replay is published and has no answer yet: not solved',
  done: 'its event is known to be published, or nothing is left to do',
  discarded: 'closed by a person, with a note',
};
