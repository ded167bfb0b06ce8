import { makeLetter } from '../messages/letter.ts';
import type { Message } from '../messages/message.ts';
import type { StreamList } from './list-settings.ts';
import type { TimeRange } from './reconciliation.ts';

/** Writes the dead letter about a time that cannot be compared any more. A loss that is told again has the same root. */
export function lossLetter({ stream, name }: StreamList, { fromMs, toMs }: TimeRange, failedAtMs: number): Message {
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
  // The daily comparison did not look again at the time before.
  const why =
    'was not compared with the list in time: events of it that no message brought are lost, and so may be events of the 26 hours before that the list showed late';
  const body = { stream, list: name, from, to, why };
  return makeLetter(
    { data: Buffer.from(JSON.stringify(body)), attributes: { stream } },
    {
      code: 'ERR_GAP_UNRECOVERABLE',
      stage: 'reconstruct',
      detail: `${name}: ${String(from)} to ${String(to)} ${why}`,
    },
    { root: `gap/${stream}/${name}/${fromMs}`, failedAtMs, stream },
  );
}
