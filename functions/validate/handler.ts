import { RetryableError } from '../../shared/errors.ts';
import type { FunctionInstance, PortsOf } from '../../shared/function-instance.ts';
import { readAttribute } from '../../shared/messages/attributes.ts';
import type { Handler } from '../../shared/messages/message.ts';
import { poisonTopic } from '../../shared/probe.ts';
import { runLimited } from '../../shared/run-limited.ts';
import { sourceOfTopic, subscriptionOfSource } from '../../shared/sources/source-topic.ts';
import { assess } from '../../shared/validation/assess.ts';

/** The number of a message's events that are published at a time. */
const eventsAtOnce = 100;

/**
 * Makes validate. It passes on events whose stream and id can be read, valid or not, and dead-letters the others. Acks
 * when the next topic has all events of a message.
 */
export function makeValidate(ports: PortsOf<'publisher' | 'letters'>): FunctionInstance {
  const { portsUntil, catalog, clock, log } = ports;
  const handler: Handler = async (delivery) => {
    if (delivery.topic === poisonTopic) throw new RetryableError('refused on purpose, for eventmend probe');
    const source = sourceOfTopic(delivery.topic);
    if (source !== undefined && !catalog.sources.find(source))
      throw new RetryableError(
        `the catalog of this build has no source ${source}: add it and deploy, or delete ${subscriptionOfSource(source)}`,
      );
    const { publisher, letters } = portsUntil(delivery.deadlineMs);
    const { events, renamed } = assess(delivery, catalog, clock.now());
    log.count('attribute-renamed', renamed);
    let count = 0;
    await runLimited(events, eventsAtOnce, async ({ topic, message, storeOversizedUnder, isUnknownType, failure }) => {
      count++;
      log.count('unknown-type', isUnknownType ? 1 : 0);
      if (failure) log.count(`letter-${failure.code}`);
      if (storeOversizedUnder !== undefined)
        await letters.keep(storeOversizedUnder, readAttribute(message.attributes, 'replay') ?? 0, delivery);
      await publisher.publish(topic, message);
    });
    if (count === 0) log.count('dropped');
    else log.count('split', count - 1);
  };
  return { handler };
}
