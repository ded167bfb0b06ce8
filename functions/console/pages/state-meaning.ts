import type { Outcome, RecordState } from '../../../shared/dead-letter/dead-letter.ts';

/** The meaning of each state of a dead letter, and whose turn it is. */
export const stateMeaning: Readonly<Record<RecordState, string>> = {
  open: 'someone must act',
  sending: 'a replay is decided, and perhaps not published yet',
  sent: 'a replay is published and has no answer yet: not solved',
  done: 'its event is known to be published, or nothing is left to do',
  discarded: 'closed by a person, with a note',
};

/** The meaning of each outcome of a dead letter that is done. */
export const outcomeMeaning: Readonly<Record<Outcome, string>> = {
  published: 'its event is known to be published',
  'already there': 'another message had brought the same event',
  unconfirmed: 'its replay did not come back, and nobody can tell whether it was published',
  resolved: 'the missing events that it is about came after all',
};
