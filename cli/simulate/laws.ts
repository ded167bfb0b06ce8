import { Account, type Ended } from './laws/account.ts';
import { cleanIsTrue, inferenceGivesWay, oneEventOneKey, oneKeyOneEvent, sinkAgrees } from './laws/events.ts';
import type { Law } from './laws/law.ts';
import { ledgerIsComplete } from './laws/ledger.ts';
import { endsInOnePlace, lettersAreTrue, replaysAreAnswered, soundIsCleaned } from './laws/messages.ts';
import { watermarkIsTrue } from './laws/progress.ts';

/** What must hold of every run, by the sentence that it is reported with. */
export const laws: Readonly<Record<string, Law>> = {
  'each message ends in one place': endsInOnePlace,
  'each replay is answered': replaysAreAnswered,
  'each sound event is cleaned': soundIsCleaned,
  'a letter says what is true, and is filed': lettersAreTrue,
  'a key stands for one event, twice only inside of the windows': oneKeyOneEvent,
  'an event is cleaned under one key': oneEventOneKey,
  'what is cleaned is the producer’s, checked if it was to be': cleanIsTrue,
  'an inference gives way to its original': inferenceGivesWay,
  'the sink agrees with the clean topic': sinkAgrees,
  'every missing id is in the ledger, and no other': ledgerIsComplete,
  'the watermark passes nothing that is not accounted for': watermarkIsTrue,
};

export interface Breach {
  readonly law: string;
  readonly what: string;
}

/** Checks a run that has ended. */
export function breaches(ended: Ended): readonly Breach[] {
  const account = new Account(ended);
  return Object.entries(laws).flatMap(([law, check]) => [...check(account)].map((what) => ({ law, what })));
}
