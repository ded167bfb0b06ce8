import { readLetter, type ArrivedLetter } from '../../shared/dead-letter/arrived-letter.ts';
import type { DeadLetter, Standing } from '../../shared/dead-letter/dead-letter.ts';
import { fileInRecord } from '../../shared/dead-letter/file-in-record.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { aDelivery, minuteMs, noon } from './builders.ts';

/** Files the first letter of a root. */
export function filed(letter: ArrivedLetter, nowMs = noon): DeadLetter {
  return fileInRecord(undefined, letter, { by: 'archive', nowMs, holds: undefined, retentionMs: minuteMs });
}

/** The record of a letter with the given attributes. */
export function filedWith(attributes: Attributes, over: Partial<Parameters<typeof aDelivery>[0]> = {}): DeadLetter {
  return filed(readLetter(aDelivery({ topic: 'dead-letter-queue', ...over, attributes })));
}

export const openStanding: Standing = { state: 'open', because: 'failed' };
export const discardedStanding: Standing = { state: 'discarded', note: 'a test', expireAtMs: noon + 60 * minuteMs };
