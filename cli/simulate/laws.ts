import { Observations, type RunResult } from './laws/observations.ts';
import {
  cleanIsTrue,
  forgottenStaysOut,
  inferenceGivesWay,
  oneEventOneKey,
  oneKeyOneEvent,
  sinkAgrees,
} from './laws/events.ts';
import type { Law } from './laws/law.ts';
import { ledgerIsComplete } from './laws/ledger.ts';
import {
  endsInOnePlace,
  lettersAreTrue,
  nothingIsUnderWay,
  replaysAreAnswered,
  soundIsCleaned,
} from './laws/messages.ts';
import { beginsAtLowest, watermarkArrives, watermarkIsTrue } from './laws/progress.ts';
import { gapsAreAskedFor } from './laws/recovery.ts';

/** What must hold of every run, by the sentence that it is reported with. */
export const laws: Readonly<Record<string, Law>> = {
  'nothing is under way at the end': nothingIsUnderWay,
  'each message ends in one place': endsInOnePlace,
  'each replay is answered': replaysAreAnswered,
  'each sound event is cleaned': soundIsCleaned,
  'a letter says what is true, and is filed': lettersAreTrue,
  'a key stands for one event, twice only inside of the windows': oneKeyOneEvent,
  'an event is cleaned under one key': oneEventOneKey,
  'what is forgotten is not cleaned again': forgottenStaysOut,
  'what is cleaned is the producer’s, checked if it was to be': cleanIsTrue,
  'an inference gives way to its original': inferenceGivesWay,
  'the sink agrees with the clean topic': sinkAgrees,
  'every missing id is in the ledger, and no other': ledgerIsComplete,
  'a gap is asked for, then inferred, or given up with a letter': gapsAreAskedFor,
  'a stream begins with the lowest id that was seen': beginsAtLowest,
  'the watermark passes nothing that is not accounted for': watermarkIsTrue,
  'the watermark comes to the first id that is missing': watermarkArrives,
};

export interface Breach {
  readonly law: string;
  readonly what: string;
}

/** Checks a run that has ended. */
export function breaches(result: RunResult): readonly Breach[] {
  const observations = new Observations(result);
  return Object.entries(laws).flatMap(([law, check]) => [...check(observations)].map((what) => ({ law, what })));
}
