import type { Catalog } from '../shared/catalog-definition.ts';
import type { FunctionConfig } from '../shared/config.ts';
import type { CloudLog } from '../shared/gcp/log.ts';
import type { Clients } from '../shared/gcp/clients.ts';
import type { Handler } from '../shared/message.ts';
import type { Clock, DeadLetterStore } from '../shared/ports.ts';
import type { FunctionName } from '../shared/topology.ts';
import type { Console } from './console/handler.ts';

export interface Tools {
  readonly config: FunctionConfig;
  readonly catalog: Catalog;
  readonly clients: Clients;
  readonly clock: Clock;
  readonly log: CloudLog;
}

/** A function with its adapters, and what is to be done before its instance ends. */
export type Wired = ({ readonly handler: Handler } | { readonly console: Console }) & {
  readonly finish: () => Promise<void>;
};

/** How each function is put together. Nothing is imported for it but what it needs: the rest would be cold start. */
export const wirings: Readonly<Record<FunctionName, (tools: Tools) => Promise<Wired>>> = {
  validate: async (tools) => {
    const { makeValidate } = await import('./validate/handler.ts');
    const publisher = await loadPublisher(tools);
    const handler = makeValidate({ ...tools, publisher, letters: lazyLetters(tools) });
    return { handler, finish: () => publisher.flush() };
  },

  track: async (tools) => {
    const { makeTrack } = await import('./track/handler.ts');
    const { GroupCommit } = await import('../shared/tracking/group-commit.ts');
    const { Edges } = await import('../shared/tracking/edges.ts');
    const { FirestoreUuidKeys } = await import('../shared/gcp/uuid-keys.ts');
    const publisher = await loadPublisher(tools);
    const { database, blocks, ledger } = await loadStream(tools);
    const { catalog, clock } = tools;
    const windowMs = (stream: string): number => catalog.stream(stream).windowMs;
    const commits = new GroupCommit({ blocks, clock, random: Math.random, windowMs });
    const edges = new Edges({ blocks, ledger, catalog, clock });
    const keys = new FirestoreUuidKeys({ database, clock, windowMs });
    return {
      handler: makeTrack({ ...tools, publisher, commits, edges, keys }),
      finish: async () => {
        await commits.flush();
        await publisher.flush();
      },
    };
  },

  verify: async (tools) => {
    const { makeVerify } = await import('./verify/handler.ts');
    const publisher = await loadPublisher(tools);
    return { handler: makeVerify({ ...tools, publisher, systems: new Map() }), finish: () => publisher.flush() };
  },

  sweep: async (tools) => {
    const { makeSweep } = await import('./sweep/handler.ts');
    const publisher = await loadPublisher(tools);
    const { blocks, ledger } = await loadStream(tools);
    return { handler: makeSweep({ ...tools, publisher, blocks, ledger }), finish: () => publisher.flush() };
  },

  reconstruct: async (tools) => {
    const { makeReconstruct } = await import('./reconstruct/handler.ts');
    const publisher = await loadPublisher(tools);
    const { blocks, ledger } = await loadStream(tools);
    return { handler: makeReconstruct({ ...tools, publisher, blocks, ledger }), finish: () => publisher.flush() };
  },

  archive: async (tools) => {
    const { makeArchive } = await import('./archive/handler.ts');
    return { handler: makeArchive({ ...tools, letters: await loadLetters(tools) }), finish: nothingToDo };
  },

  store: async ({ clients }) => {
    const { makeStore } = await import('./store/handler.ts');
    const { FirestoreCleanEventStore } = await import('../shared/gcp/clean-event-store.ts');
    const events = new FirestoreCleanEventStore(await clients.database());
    return { handler: makeStore({ events }), finish: nothingToDo };
  },

  console: async (tools) => {
    const { makeConsole } = await import('./console/handler.ts');
    const { blocks, ledger } = await loadStream(tools);
    const letters = await loadLetters(tools);
    return { console: makeConsole({ ...tools, blocks, ledger, letters }), finish: nothingToDo };
  },
};

function nothingToDo(): Promise<void> {
  return Promise.resolve();
}

async function loadPublisher({ clients, config }: Tools) {
  const { PubSubPublisher } = await import('../shared/gcp/publisher.ts');
  return new PubSubPublisher({ pubsub: await clients.pubsub(), timeoutMs: config.publishTimeoutMs });
}

/** What is known of the streams: their blocks, and the ledger of their gaps. */
async function loadStream({ clients }: Tools) {
  const { FirestoreBlockStore } = await import('../shared/gcp/block-store.ts');
  const { FirestoreGapLedger } = await import('../shared/gcp/gap-ledger.ts');
  const database = await clients.database();
  return { database, blocks: new FirestoreBlockStore(database), ledger: new FirestoreGapLedger(database) };
}

async function loadLetters({ clients }: Tools): Promise<DeadLetterStore> {
  const { FirestoreDeadLetterStore } = await import('../shared/gcp/dead-letter-store.ts');
  return new FirestoreDeadLetterStore(await clients.database());
}

/** For validate, which needs Firestore only for a message that is too large to pass on. */
function lazyLetters(tools: Tools): Pick<DeadLetterStore, 'keep'> {
  return {
    keep: async (root, message) => {
      const letters = await loadLetters(tools);
      await letters.keep(root, message);
    },
  };
}
