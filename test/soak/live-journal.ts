import { attributeNames } from '../../shared/messages/attributes.ts';
import { isUnresolved, type Gap } from '../../shared/gaps/gap.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { TopicName } from '../../shared/topology.ts';
import { Journal, type Observation } from '../simulation/journal.ts';
import { readRoutedIds } from '../simulation/routed-ids.ts';
import { recordIn } from '../simulation/sent-message.ts';

/** The topics that a soak listens to, since the laws need them. */
export const observedTopics = [
  'validated-events',
  'mended-events',
  'cleaned-events',
  'reprocess-requests',
  'dead-letter-queue',
] as const satisfies readonly TopicName[];

/** The name of every publisher. The instances of a function cannot be told apart from outside. */
const someone = 'someone';

/** The journal of a pipeline that runs in real time. It orders observations by their time, since they arrive in another order. */
export class LiveJournal extends Journal {
  /** The latest publish time of any message, in milliseconds since 1970. */
  movedAtMs = 0;

  constructor() {
    super(() => Date.now(), undefined);
  }

  override stamp(atMs = Date.now()): Observation {
    return { order: atMs, atMs };
  }

  /** Records a message of a topic. @param atMs Its publish time, in milliseconds since 1970. */
  see(topic: TopicName, message: Message, atMs: number): void {
    const { attributes } = message;
    const stamp = this.stamp(atMs);
    this.movedAtMs = Math.max(this.movedAtMs, stamp.atMs);
    const n = this.numberOf(attributes);
    if (topic === 'validated-events') this.deliveries.push({ ...stamp, n, ...readRoutedIds(attributes), by: someone });
    else if (topic === 'mended-events') {
      const says = answerOf(attributes);
      if (says) this.checks.push({ ...stamp, record: recordIn(Buffer.from(message.data).toString()), says });
    } else {
      this.published.push({ ...stamp, topic, message, by: someone, isOverdue: false, isAnswered: true });
    }
  }

  /**
   * Records a row of the ledger. An unresolved one has the time of its last change. The times of a row are those of the
   * start of a sweep, and a sweep can resolve a gap whose event, or whose letter, came after its start. So a resolved row
   * has the time at which it was seen.
   */
  seeRow(row: Gap): void {
    const { foundAtMs, requestedAtMs = 0, inferRequestedAtMs = 0 } = row;
    const changedAtMs = Math.max(foundAtMs, requestedAtMs, inferRequestedAtMs);
    this.rows.push({ ...this.stamp(isUnresolved(row) ? changedAtMs : Date.now()), row });
  }

  /** Sorts all observations by time. */
  putInOrder(): void {
    const lists: Observation[][] = [this.sent, this.published, this.deliveries, this.progress, this.rows, this.checks];
    for (const list of lists) list.sort((a, b) => a.order - b.order);
  }
}

/** Reads the answer of verify from a message on mended-events. Undefined for any other message. */
function answerOf(attributes: Readonly<Record<string, string>>) {
  if (attributes[attributeNames.kind] === 'refusal') return 'refused';
  const { origin } = attributes;
  return origin === 'verified' || origin === 'corrected' ? origin : undefined;
}
