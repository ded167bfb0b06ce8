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
import { doubtIsToldDaily, givenUpIsTold, lettersAreFew } from './laws/gap-letters.ts';
import { jumpsAreRefused } from './laws/jumps.ts';
import {
  checksAreSettled,
  endsInOnePlace,
  lettersAreTrue,
  nothingIsUnderWay,
  replaysAreAnswered,
  soundIsCleaned,
} from './laws/messages.ts';
import { coveredStays, frontsAreTrue, watermarkArrives, watermarkIsTrue } from './laws/progress.ts';
import { discardedStaysOut, doneIsPublished, lettersAnswerReplays, replaysAreSent } from './laws/records.ts';
import {
  askedAgainIsTrue,
  gapsAreAskedFor,
  nothingIsInvented,
  rowsStayResolved,
  unnumberedHasNoGaps,
} from './laws/recovery.ts';

/** The laws that every run must keep, each under the sentence that a breach is reported with. */
export const laws: Readonly<Record<string, Law>> = {
  'no delivery and no handler is left at the end': nothingIsUnderWay,
  'no event waits for verify at the end': checksAreSettled,
  'each message ends in one place': endsInOnePlace,
  'each replay is answered': replaysAreAnswered,
  'a replay that was decided is published': replaysAreSent,
  'a letter of a replay opens its record': lettersAnswerReplays,
  'a letter that is done was published': doneIsPublished,
  'no replay of a discarded letter is published': discardedStaysOut,
  'each sound event is cleaned': soundIsCleaned,
  'a dead letter is correct, and is filed': lettersAreTrue,
  'a key identifies one event, and is published again only before its publish is marked': oneKeyOneEvent,
  'an event is cleaned under one key': oneEventOneKey,
  'a forgotten event is not cleaned again': forgottenStaysOut,
  'a clean event has its producer’s content, and was checked if required': cleanIsTrue,
  'an original supersedes its inference': inferenceGivesWay,
  'a replacement supersedes the content before it': replacementsFollow,
  'the sink agrees with the clean topic': sinkAgrees,
  'an id far above the held ids is refused': jumpsAreRefused,
  'the ledger holds every id that is missing inside a front, and no other id': ledgerIsComplete,
  'a gap is requested before it is inferred': gapsAreAskedFor,
  'a producer is asked again only for what is missing': askedAgainIsTrue,
  'a resolved gap is not filed again': rowsStayResolved,
  'nothing is inferred where numbers have holes': nothingIsInvented,
  'an unnumbered stream has no gaps': unnumberedHasNoGaps,
  'a letter tells of each gap that is given up': givenUpIsTold,
  'a stream has at most six letters about gaps an hour': lettersAreFew,
  'a stream has at most one letter about doubtful gaps a day': doubtIsToldDaily,
  'the fronts are those that the held ids form': frontsAreTrue,
  'a covered number stays covered': coveredStays,
  'the watermark passes only ids that are accounted for': watermarkIsTrue,
  'the watermark ends right below the lowest gap that waits': watermarkArrives,
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
