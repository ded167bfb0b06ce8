import type { ReplaySent } from '../../../shared/dead-letter/dead-letter.ts';
import { eraseLetter } from '../../../shared/dead-letter/erase-letter.ts';
import { fileInRecord } from '../../../shared/dead-letter/file-in-record.ts';
import { decideReplay, discard, editDraft, reopen } from '../../../shared/dead-letter/operator-change.ts';
import { awaitsReplay, markSent, settle } from '../../../shared/dead-letter/replay-outcome.ts';
import { decide } from '../../../shared/tracking/rules.ts';
import { isHeldByStore, mayBePublished } from './letter-claims.ts';

/** The functions that a search runs: those of the product, and what their callers do around them. */
export const letterFunctions = {
  decide,
  fileInRecord,
  editDraft,
  decideReplay,
  markSent,
  settle,
  discard,
  reopen,
  eraseLetter,
  awaitsReplay,
  /** Whether the store holds a content. Archive asks before it files the letter of a replay, and the tick. */
  isHeldByStore,
  /** Whether the operator's page asks the store before a replay or a discard. */
  asksBefore: isHeldByStore,
  mayBePublished,
  /** The replay that the tick sends again. */
  resent: (replay: ReplaySent): ReplaySent => replay,
  /** Whether the tick finishes what is decided and not sent. */
  ticks: true,
  /** Whether a settled record outlives every message of its root. */
  outlives: true,
};

export type LetterFunctions = typeof letterFunctions;
