import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import { openDatabase } from '../../shared/gcp/database.ts';
import { FirestoreGapLedger } from '../../shared/gcp/gap-ledger.ts';
import { openPubSub } from '../../shared/gcp/pubsub.ts';
import { PubSubPublisher } from '../../shared/gcp/publisher.ts';
import { FirestoreUuidKeys } from '../../shared/gcp/uuid-keys.ts';
import { SequenceBounds } from '../../shared/tracking/sequence-bounds.ts';
import { GroupCommit } from '../../shared/tracking/group-commit.ts';
import { start } from '../start.ts';
import { makeTrack, type TrackPorts } from './handler.ts';

start('track', (tools) => {
  const { config, catalog, clock } = tools;
  const publisher = new PubSubPublisher({ pubsub: openPubSub(config), timeoutMs: config.publishTimeoutMs });
  const database = openDatabase(config);
  const blocks = new FirestoreBlockStore(database);
  const ledger = new FirestoreGapLedger(database);
  const windowMs = (stream: string): number => catalog.stream(stream).windowMs;
  const commits = new GroupCommit({ blocks, clock, random: Math.random, log: tools.log, windowMs });
  const bounds = new SequenceBounds({ blocks, ledger, catalog, clock });
  const keys = new FirestoreUuidKeys({ database, clock, windowMs });
  const portsUntil = (deadlineMs: number): TrackPorts => ({
    publisher: publisher.until(deadlineMs),
    keys: keys.until(deadlineMs),
  });
  return {
    handler: makeTrack({ ...tools, portsUntil, commits, bounds }),
    beforeIdle: () => commits.writeMarks(),
    finish: async () => {
      await commits.flush();
      await publisher.flush();
    },
  };
});
