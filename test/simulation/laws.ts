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

/** The laws that every run must keep, each under the sentence that a breach is reported with. */
export const laws: Readonly<Record<string, Law>> = {
  'no delivery and no handler is left at the end': nothingIsUnderWay,
  'no event waits for verify at the end': checksAreSettled,
  'each message ends in one place': endsInOnePlace,
  'each replay is answered': replaysAreAnswered,
  'each sound event is cleaned': soundIsCleaned,
  'a dead letter is correct, and is filed': lettersAreTrue,
  'a key identifies one event, and is published again only before its publish is marked': oneKeyOneEvent,
  'an event is cleaned under one key': oneEventOneKey,
  'a forgotten event is not cleaned again': forgottenStaysOut,
  'a clean event has its producer’s content, and was checked if required': cleanIsTrue,
  'an original supersedes its inference': inferenceGivesWay,
  'a replacement supersedes the content before it': replacementsFollow,
  'the sink agrees with the clean topic': sinkAgrees,
  'the ledger holds every missing id, and no other id': ledgerIsComplete,
  'a gap is requested, and then inferred or given up with a dead letter': gapsAreAskedFor,
  'a stream begins with the lowest id that was seen': beginsAtLowest,
  'the watermark passes only ids that are accounted for': watermarkIsTrue,
  'the watermark ends right below the first missing id': watermarkArrives,
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
