import { openPubSub } from '../../shared/gcp/pubsub.ts';
import { PubSubPublisher } from '../../shared/gcp/publisher.ts';
import type { DeadLetterStore } from '../../shared/ports.ts';
import { start, type Tools } from '../start.ts';
import { makeValidate } from './handler.ts';

start('validate', (tools) => {
  const publisher = new PubSubPublisher({ pubsub: openPubSub(tools.config), timeoutMs: tools.config.publishTimeoutMs });
  const handler = makeValidate({ ...tools, publisher, letters: lazyLetters(tools) });
  return { handler, finish: () => publisher.flush() };
});

/** Firestore is needed only for a message that is too large to pass on: to load it for each start would be cold start. */
function lazyLetters({ config }: Tools): Pick<DeadLetterStore, 'keep'> {
  let letters: Promise<DeadLetterStore> | undefined;
  const load = async (): Promise<DeadLetterStore> => {
    const { openDatabase } = await import('../../shared/gcp/database.ts');
    const { FirestoreDeadLetterStore } = await import('../../shared/gcp/dead-letter-store.ts');
    return new FirestoreDeadLetterStore(openDatabase(config));
  };
  return { keep: async (root, message) => (await (letters ??= load())).keep(root, message) };
}
