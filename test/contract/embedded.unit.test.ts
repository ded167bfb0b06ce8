import { EmbeddedAnomalyStore } from '../../shared/embedded/anomaly-store.ts';
import { EmbeddedAuditTrail } from '../../shared/embedded/audit-trail.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { EmbeddedCleanEventStore } from '../../shared/embedded/clean-event-store.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedDeadLetterStore } from '../../shared/embedded/dead-letter-store.ts';
import type { AuditEntry } from '../../shared/dead-letter/audit.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { EmbeddedJobStore } from '../../shared/embedded/job-store.ts';
import { EmbeddedLetterIndex } from '../../shared/embedded/letter-index.ts';
import { EmbeddedPubSub } from '../../shared/embedded/pubsub.ts';
import { turn } from '../../shared/embedded/steps.ts';
import { EmbeddedReconciliationStore } from '../../shared/embedded/reconciliation-store.ts';
import { EmbeddedUuidKeys } from '../../shared/embedded/uuid-keys.ts';
import type { Message } from '../../shared/messages/message.ts';
import { describeAnomalyStore } from './anomaly-store.ts';
import { describeBlockStore } from './block-store.ts';
import { describePlacedBlocks } from './placed-blocks.ts';
import { describeCleanEventStore } from './clean-event-store.ts';
import { describeDeadLetterStore } from './dead-letter-store.ts';
import { describeGapLedger } from './gap-ledger.ts';
import { describeJobStore } from './job-store.ts';
import { describeLetterSearch } from './letter-search.ts';
import { describePublisher } from './publisher.ts';
import { describeReconciliationStore } from './reconciliation-store.ts';
import { describeUuidKeys } from './uuid-keys.ts';

describeBlockStore('memory', async () => new EmbeddedBlockStore(turn));
describePlacedBlocks('memory', async () => new EmbeddedBlockStore(turn));
describeGapLedger('memory', async () => new EmbeddedGapLedger(turn));
describeDeadLetterStore('memory', async () => new EmbeddedDeadLetterStore(turn));
describeLetterSearch('memory', async () => {
  const audit = new EmbeddedAuditTrail(turn);
  const letters = new EmbeddedDeadLetterStore(turn, (entry) => {
    audit.add(entry);
  });
  return { letters, search: new EmbeddedLetterIndex(turn, letters), audit };
});
describeJobStore('memory', async () => {
  const auditTrail = new EmbeddedAuditTrail(turn);
  const audit = (entry: AuditEntry): void => {
    auditTrail.add(entry);
  };
  return { jobs: new EmbeddedJobStore(turn, audit), auditTrail };
});
describeUuidKeys('memory', async () => new EmbeddedUuidKeys(turn));
describeAnomalyStore('memory', async () => new EmbeddedAnomalyStore(turn));
describeReconciliationStore('memory', async () => new EmbeddedReconciliationStore(turn));
describeCleanEventStore('memory', async () => {
  const store = new EmbeddedCleanEventStore(turn);
  return {
    put: (key, event) => store.put(key, event),
    bury: (key, supersededBy) => store.bury(key, supersededBy),
    event: (key) => store.event(key),
    ofId: (stream, id, limit) => store.ofId(stream, id, limit),
    within: (window) => store.within(window),
    all: (after) => store.all(after),
    erase: (position, nowMs) => store.erase(position, nowMs),
    find: async (key) => store.find(key),
  };
});
describePublisher('memory', async () => {
  const publisher = new EmbeddedPubSub({ clock: new VirtualClock(0) });
  let messages: Message[] = [];
  publisher.listen('events', 'test', async ({ data, attributes, orderingKey }) => {
    messages.push({ data: Buffer.from(data), attributes, ...(orderingKey !== undefined && { orderingKey }) });
  });
  const received = async (count: number): Promise<readonly Message[]> => {
    while (messages.length < count) await turn();
    const taken = messages;
    messages = [];
    return taken;
  };
  return { publisher, received };
});
