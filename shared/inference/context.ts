import { countStep, durationStep, type Features } from './features.ts';
import { typeAt } from './candidate-entities.ts';
import type { GapPosition } from './gap-position.ts';
import type { Sequence } from './sequence.ts';

/** The number of events on either side that are observed with their position. */
const ordered = 3;
/** The number of events on either side among which the nearest event of each type is observed. */
const nearby = 32;

/** Observes the events of the stream around a position, of any entity. */
export function observeContext(sequence: Sequence, position: GapPosition, to: Features): void {
  const { before, after, end } = position;
  const previous = typeAt(sequence, before);
  const next = typeAt(sequence, after, end);
  to.add(50);
  for (let i = 0; i < ordered; i++) {
    to.add(51, i, typeAt(sequence, before - i));
    to.add(52, i, typeAt(sequence, after + i, end));
  }
  to.add(53, previous, next);
  to.add(54, typeAt(sequence, before - 1), previous);
  to.add(55, next, typeAt(sequence, after + 1, end));
  if (before >= 0 && after < end) {
    const apart = durationStep(sequence.instantMs(after) - sequence.instantMs(before));
    to.add(56, apart);
    to.add(57, apart, previous);
    to.add(58, apart, next);
  }
  observeNearby(sequence, position, -1, to);
  observeNearby(sequence, position, 1, to);
}

/** Whether a type was seen, by its number. Only for one call: a set for each one of millions would take longer. */
const seen = new Uint8Array(256);

/** Observes the distance to the nearest event of each type on one side, in events and in time. */
function observeNearby(
  sequence: Sequence,
  { before, after, end, instantMs }: GapPosition,
  side: 1 | -1,
  to: Features,
): void {
  let unseen = sequence.types.length;
  seen.fill(0, 0, unseen);
  for (let i = 0; i < nearby && unseen > 0; i++) {
    const at = side < 0 ? before - i : after + i;
    if (at < 0 || at >= end) return;
    const type = sequence.type(at);
    if (seen[type] === 1) continue;
    seen[type] = 1;
    unseen--;
    to.add(59, side, type, countStep(i));
    to.add(60, side, type, durationStep(side * (sequence.instantMs(at) - instantMs)) >> 1);
  }
}
