import { isClaimed, replayedId, type Observations } from './observations.ts';

/** The facts about one id that are visible from outside. */
export interface IdSeen {
  /**
   * Whether an event or a failure certainly reached track. `isPerhapsSeen`: whether something about the id may have, because
   * of a replay, or because Pub/Sub gave it up before validate or track.
   */
  isSeen: boolean;
  isPerhapsSeen: boolean;
  isVoided: boolean;
  isFailed: boolean;
  isCleaned: boolean;
  isInferred: boolean;
  isSuperseding: boolean;
  /** Whether an inference reached track. It may have been dropped there. */
  isInferenceTracked: boolean;
  /** Whether its event was accepted, and then refused because another id holds its uuid. */
  isWithdrawn: boolean;
  /** The first time at which an effect of its entry was visible, in milliseconds since 1970. */
  visibleAtMs: number;
}

/** Collects the visible facts about each id of a stream. */
export function idsSeen(observations: Observations, stream: string): Map<number, IdSeen> {
  const ids = new Map<number, IdSeen>();
  const at = (id: number): IdSeen => {
    const known = ids.get(id) ?? { ...nothingSeen };
    ids.set(id, known);
    return known;
  };
  for (const sent of observations.sent.filter((one) => one.stream === stream)) {
    const letters = observations.lettersAbout(sent.n);
    const isOperated = observations.isOperated(sent.n);
    const isGivenUp = letters.some(({ code }) => code === 'ERR_DELIVERY');
    const isTurnedAway =
      (isGivenUp || letters.some(({ code }) => code === 'ERR_SEQUENCE_JUMP' || code === 'ERR_STALE')) &&
      (isOperated || observations.cleansBy(sent.n).length === 0);
    const { what } = sent;
    if (what.kind === 'void') {
      const isRefused = letters.some(({ code }) => code === 'ERR_INVALID_EVENT');
      for (let id = what.from; id <= what.to && !isRefused; id++) {
        if (!isTurnedAway) at(id).isVoided = true;
        else if (isGivenUp) at(id).isPerhapsSeen = true;
      }
    } else if (what.id !== undefined) {
      const id = at(what.id);
      const isLate = observations.isLate(sent);
      if (isTurnedAway || isLate) id.isPerhapsSeen ||= isOperated || isGivenUp || isLate;
      else id.isSeen = true;
      id.isFailed ||= what.kind === 'malformed';
    }
  }
  for (const replay of observations.journal.replays) {
    const id = replayedId(replay);
    if (replay.stream === stream && id !== undefined) at(id).isPerhapsSeen = true;
  }
  for (const clean of observations.cleans.filter((one) => one.stream === stream)) {
    const id = at(clean.id);
    id.visibleAtMs = Math.min(id.visibleAtMs, clean.atMs);
    if (clean.origin === 'reconstructed') id.isInferred = true;
    else id.isCleaned = true;
    id.isSuperseding ||= clean.supersedes === `${stream}/${clean.id}/inferred`;
  }
  for (const { n, from, ...delivery } of observations.journal.deliveries) {
    if (n === undefined && delivery.stream === stream) at(from).isInferenceTracked = true;
  }
  for (const letter of observations.letters) {
    if (
      letter.stream !== stream ||
      letter.id === undefined ||
      !isClaimed(letter) ||
      letter.code === 'ERR_INVALID_EVENT'
    )
      continue;
    const sent = observations.sentBy(letter.n);
    if (letter.detail.startsWith('uuid')) at(letter.id).isWithdrawn = true;
    if (sent?.what.kind === 'event') at(letter.id).visibleAtMs = Math.min(at(letter.id).visibleAtMs, letter.atMs);
  }
  return ids;
}

const nothingSeen: IdSeen = {
  isSeen: false,
  isPerhapsSeen: false,
  isVoided: false,
  isFailed: false,
  isCleaned: false,
  isInferred: false,
  isSuperseding: false,
  isInferenceTracked: false,
  isWithdrawn: false,
  visibleAtMs: Number.POSITIVE_INFINITY,
};
