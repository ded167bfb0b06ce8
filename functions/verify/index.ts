import { openPubSub } from '../../shared/gcp/pubsub.ts';
import { PubSubPublisher } from '../../shared/gcp/publisher.ts';
import { start } from '../start.ts';
import { makeVerify } from './handler.ts';

start('verify', (tools) => {
  const publisher = new PubSubPublisher({ pubsub: openPubSub(tools.config), timeoutMs: tools.config.publishTimeoutMs });
  return { handler: makeVerify({ ...tools, publisher, systems: new Map() }), finish: () => publisher.flush() };
});
