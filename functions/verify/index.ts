import { openPubSub } from '../../shared/gcp/pubsub.ts';
import { PubSubPublisher } from '../../shared/gcp/publisher.ts';
import { start } from '../start.ts';
import { makeVerify, type VerifyPorts } from './handler.ts';

start('verify', (tools) => {
  const publisher = new PubSubPublisher({ pubsub: openPubSub(tools.config), timeoutMs: tools.config.publishTimeoutMs });
  const portsUntil = (deadlineMs: number): VerifyPorts => ({
    publisher: publisher.until(deadlineMs),
    systems: new Map(),
  });
  return { handler: makeVerify({ ...tools, portsUntil }), finish: () => publisher.flush() };
});
