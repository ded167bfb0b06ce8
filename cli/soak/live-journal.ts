import type { Gap } from '../../shared/gaps/gap.ts';
import type { Message } from '../../shared/message.ts';
import type { TopicName } from '../../shared/topology.ts';
import { Journal, type Observed } from '../simulate/journal.ts';
import { readPassageIds, sentOf } from '../simulate/passage-ids.ts';

/** The topics on which a soak listens, all that its laws ask about. */
export const observedTopics = [
  'validated-events',
  'mended-events',
  'cleaned-events',
  'reprocess-requests',
  'dead-letter-queue',
] as const satisfies readonly TopicName[];

/** Who published, from outside: nobody can tell the instances of the one function that publishes there apart. */
const someone = 'someone';

/** A journal of a pipeline that runs in real time. What happened is numbered by when it did: it is seen in another order. */
export class LiveJournal extends Journal {
  /** When something was last seen to happen on a topic, in milliseconds since 1970. */
  movedAtMs = 0;

  constructor() {
    super(() => Date.now(), undefined);
  }

  override stamp(atMs = Date.now()): Observed {
    return { order: atMs, atMs };
  }

  /** Takes a message that was seen on a topic. @param atMs When it was published, in milliseconds since 1970. */
  see(topic: TopicName, message: Message, atMs: number): void {
    const { attributes } = message;
    const stamp = this.stamp(atMs);
    this.movedAtMs = Math.max(this.movedAtMs, stamp.atMs);
    if (topic === 'validated-events') this.deliveries.push({ ...stamp, ...readPassageIds(attributes), by: someone });
    else if (topic === 'mended-events') {
      const says = answerOf(attributes);
      if (says) this.checks.push({ ...stamp, n: sentOf(attributes), says });
    } else {
      this.published.push({ ...stamp, topic, message, by: someone, isOverdue: false, isAnswered: true });
    }
  }

  /** Takes a row of the ledger as it is now, which it has been since it was last changed. */
  seeRow(row: Gap): void {
    const { foundAtMs, requestedAtMs = 0, inferRequestedAtMs = 0, resolvedAtMs = 0, cameLateAtMs = 0 } = row;
    const changedAtMs = Math.max(foundAtMs, requestedAtMs, inferRequestedAtMs, resolvedAtMs, cameLateAtMs);
    this.rows.push({ ...this.stamp(changedAtMs), row });
  }

  /** Puts what was seen into the order in which it happened. */
  putInOrder(): void {
    const lists: Observed[][] = [this.sent, this.published, this.deliveries, this.progress, this.rows, this.checks];
    for (const list of lists) list.sort((a, b) => a.order - b.order);
  }
}

/** What verify has said about an event, if a message on mended-events is an answer of its. */
function answerOf(attributes: Readonly<Record<string, string>>) {
  if (attributes['eventmend-kind'] === 'refusal') return 'refused';
  const { origin } = attributes;
  return origin === 'verified' || origin === 'corrected' ? origin : undefined;
}
