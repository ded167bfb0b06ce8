import { openPubSub } from '../../shared/gcp/pubsub.ts';
import { PubSubPublisher } from '../../shared/gcp/publisher.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { DeadLetterStore, PortsUntil } from '../../shared/ports.ts';
import { start, type Tools } from '../start.ts';
import { makeValidate, type ValidatePorts } from './handler.ts';

start('validate', (tools) => {
  const publisher = new PubSubPublisher({ pubsub: openPubSub(tools.config), timeoutMs: tools.config.publishTimeoutMs });
  const keep = lazyKeep(tools);
  const portsUntil = (deadlineMs: number): ValidatePorts => ({
    publisher: publisher.until(deadlineMs),
    letters: { keep: (root, message) => keep(root, message, deadlineMs) },
  });
  const handler = makeValidate({ ...tools, portsUntil });
  return { handler, finish: () => publisher.flush() };
});

/** Firestore is needed only for a message that is too large to pass on: to load it for each start would be cold start. */
function lazyKeep({ config }: Tools): (root: string, message: Message, deadlineMs: number) => Promise<void> {
  let lettersUntil: Promise<PortsUntil<DeadLetterStore>> | undefined;
  const load = async (): Promise<PortsUntil<DeadLetterStore>> => {
    const { databaseUntil, openDatabase } = await import('../../shared/gcp/database.ts');
    const { FirestoreDeadLetterStore } = await import('../../shared/gcp/dead-letter-store.ts');
    const database = openDatabase(config);
    return (deadlineMs) => new FirestoreDeadLetterStore(databaseUntil(database, deadlineMs));
  };
  return async (root, message, deadlineMs) => (await (lettersUntil ??= load()))(deadlineMs).keep(root, message);
}
