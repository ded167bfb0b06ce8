import type { DeadLetter } from '../../../shared/dead-letter/dead-letter.ts';
import { attributeNames } from '../../../shared/messages/attributes.ts';
import type { Law } from './law.ts';
import type { Observations } from './observations.ts';

/** At the end of a run no replay is decided and not published. */
export const replaysAreSent: Law = function* ({ filed }) {
  for (const { root, standing } of filed.values())
    if (standing.state === 'sending') yield `the replay of ${root} was decided, and never published`;
};

/** At the end of a run no record waits for a replay whose letter came back. */
export const lettersAnswerReplays: Law = function* (observations) {
  const { journal, filed } = observations;
  for (const { root, standing, message, replay } of filed.values()) {
    if (standing.state !== 'sent') continue;
    const n = journal.numberOf(message.attributes);
    if (n === undefined || observations.cleansBy(n).length > 0) continue;
    const sent = journal.published.find(
      ({ topic, message: { attributes } }) =>
        topic === 'mended-events' &&
        attributes[attributeNames.root] === root &&
        attributes[attributeNames.replay] === String(replay),
    );
    if (sent && observations.lettersAbout(n).some(({ order }) => order > sent.order))
      yield `the replay of ${root} came back, and is still sent`;
  }
};

/** A record is done only if its event was published, or another message of its id or uuid was. */
export const doneIsPublished: Law = function* (observations) {
  for (const record of observations.filed.values()) {
    if (record.standing.state !== 'done' || record.standing.outcome === 'resolved') continue;
    if (record.standing.outcome === 'unconfirmed') yield `${record.root} is done without an answer`;
    else if (!isPublished(observations, record)) yield `${record.root} is done, but nothing was published`;
  }
};

/** No replay of a discarded letter was published. */
export const discardedStaysOut: Law = function* (observations) {
  for (const { root, standing, message } of observations.filed.values()) {
    if (standing.state !== 'discarded') continue;
    const cleans = observations.cleansBy(observations.journal.numberOf(message.attributes));
    if (cleans.some(({ origin }) => origin === 'replayed')) yield `${root} is discarded, but its replay was published`;
  }
};

function isPublished(observations: Observations, { standing, message, stream, eventId }: DeadLetter) {
  const { journal, cleans } = observations;
  const n = journal.numberOf(message.attributes);
  if (standing.state === 'done' && standing.outcome === 'published')
    return n === undefined || observations.cleansBy(n).length > 0;
  return cleans.some((clean) => clean.stream === stream && (eventId === undefined || clean.id === eventId));
}
