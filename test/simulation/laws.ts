import { Observations, type RunResult } from './laws/observations.ts';
import {
  cleanIsTrue,
  forgottenStaysOut,
  inferenceGivesWay,
  oneEventOneKey,
  oneKeyOneEvent,
  replacementsFollow,
  sinkAgrees,
} from './laws/events.ts';
import type { Law } from './laws/law.ts';
import { ledgerIsComplete } from './laws/ledger.ts';
import {
  checksAreSettled,
  endsInOnePlace,
  lettersAreTrue,
  nothingIsUnderWay,
  replaysAreAnswered,
  soundIsCleaned,
} from './laws/messages.ts';
import { beginsAtLowest, watermarkArrives, watermarkIsTrue } from './laws/progress.ts';
import { gapsAreAskedFor } from './laws/recovery.ts';

/** The laws of every run, by the sentence that a breach is reported with. */
export const laws: Readonly<Record<string, Law>> = {
  'nothing is under way at the end': nothingIsUnderWay,
  'no event waits for verify at the end': checksAreSettled,
  'each message ends in one place': endsInOnePlace,
  'each replay is answered': replaysAreAnswered,
  'each sound event is cleaned': soundIsCleaned,
  'a letter is true, and is filed': lettersAreTrue,
  'a key stands for one event, and is published twice only within the window': oneKeyOneEvent,
  'an event is cleaned under one key': oneEventOneKey,
  'a forgotten event is not cleaned again': forgottenStaysOut,
  'a clean event is the producer’s, and was checked if it had to be': cleanIsTrue,
  'an inference gives way to its original': inferenceGivesWay,
  'a replacement supersedes the content before it': replacementsFollow,
  'the sink agrees with the clean topic': sinkAgrees,
  'every missing id is in the ledger, and no other': ledgerIsComplete,
  'a gap is asked for, then inferred, or given up with a letter': gapsAreAskedFor,
  'a stream begins with the lowest id that was seen': beginsAtLowest,
  'the watermark passes only ids that are accounted for': watermarkIsTrue,
  'the watermark reaches the first id that is missing': watermarkArrives,
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
