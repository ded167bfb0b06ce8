import type { FunctionInstance } from '../shared/function-instance.ts';
import { withoutNamePrefix } from '../shared/name-prefix.ts';

/** The attribute in which Pub/Sub writes the subscription whose message it dead-lettered. */
const deadLetterSource = 'CloudPubSubDeadLetterSourceSubscription';

/**
 * Returns the instance for a deployment whose names have a prefix: its handler gets letters of Pub/Sub with the names of
 * topology.json.
 */
export function withShortNames(instance: FunctionInstance, namePrefix: string): FunctionInstance {
  return {
    ...instance,
    handler: (delivery) => {
      const { [deadLetterSource]: subscription, ...attributes } = delivery.attributes;
      if (namePrefix === '' || subscription === undefined) return instance.handler(delivery);
      const name = withoutNamePrefix(subscription, namePrefix);
      return instance.handler({ ...delivery, attributes: { ...attributes, [deadLetterSource]: name } });
    },
  };
}
