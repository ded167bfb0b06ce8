import { functionBuilders, type DeliveredTo, type FunctionBuilders } from '../../cli/local/embedded-functions.ts';
import { openEmbeddedPorts } from '../../shared/embedded/ports.ts';
import type { Ports } from '../../shared/function-instance.ts';
import type { Handler, Message } from '../../shared/messages/message.ts';
import type { BlockWrite, Publisher } from '../../shared/ports.ts';
import type { TopicName } from '../../shared/topology.ts';
import type { Entry } from '../../shared/tracking/entry.ts';

/** The pipeline with one function put together otherwise. */
function withFunction(
  name: DeliveredTo,
  build: (ports: Ports) => ReturnType<FunctionBuilders['track']>,
): FunctionBuilders {
  return { ...functionBuilders, [name]: build };
}

/** One function on other ports: `change` is called once an instance. */
export function onPorts(name: DeliveredTo, change: (ports: Ports) => Partial<Ports>): FunctionBuilders {
  return withFunction(name, (ports) => functionBuilders[name](openEmbeddedPorts({ ...ports, ...change(ports) })));
}

/** One function behind another handler: `change` is called once an instance. */
export function withHandler(name: DeliveredTo, change: (handler: Handler, ports: Ports) => Handler): FunctionBuilders {
  return withFunction(name, (ports) => {
    const instance = functionBuilders[name](ports);
    return { ...instance, handler: change(instance.handler, ports) };
  });
}

/** One function that does nothing before it idles. */
export function withoutBeforeIdle(name: DeliveredTo): FunctionBuilders {
  return withFunction(name, (ports) => {
    const { handler, finish } = functionBuilders[name](ports);
    return { handler, ...(finish && { finish }) };
  });
}

/** One function whose messages are published otherwise. */
export function publishing(
  name: DeliveredTo,
  publish: (publisher: Publisher, topic: TopicName, message: Message) => Promise<void>,
): FunctionBuilders {
  return onPorts(name, ({ publisher }) => ({
    publisher: { publish: (topic, message) => publish(publisher, topic, message) },
  }));
}

/** Track, whose entries are written otherwise. */
export function writing(change: (entry: Entry) => Entry): FunctionBuilders {
  const changed = (write: BlockWrite): BlockWrite => ({
    ...write,
    block: { ...write.block, cells: write.block.cells.map((cell) => cell.map(change)) },
  });
  return onPorts('track', ({ blocks }) => ({
    blocks: methodsOf(blocks, { write: (writes) => blocks.write(writes.map(changed)) }),
  }));
}

/** A port with some of its methods replaced. */
export function methodsOf<Port extends object>(port: Port, replaced: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, name): unknown => Reflect.get(name in replaced ? replaced : target, name),
  });
}

/** A message with other attributes. */
export function withAttributes<M extends Message>(message: M, attributes: Record<string, string | undefined>): M {
  const merged = Object.entries({ ...message.attributes, ...attributes }).filter(([, value]) => value !== undefined);
  return { ...message, attributes: Object.fromEntries(merged) as Message['attributes'] };
}
