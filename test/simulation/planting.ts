import { functionBuilders, type DeliveredTo, type FunctionBuilders } from '../../functions/builders.ts';
import { openEmbeddedPorts } from '../../shared/embedded/ports.ts';
import type { Ports } from '../../shared/function-instance.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';
import type { Handler, Message } from '../../shared/messages/message.ts';
import type { BlockWrite, Publisher } from '../../shared/ports.ts';
import type { TopicName } from '../../shared/topology.ts';
import type { Entry } from '../../shared/tracking/entry.ts';

/** Builds the pipeline with another builder for one function. */
function withFunction(
  name: DeliveredTo,
  build: (ports: Ports) => ReturnType<FunctionBuilders['track']>,
): FunctionBuilders {
  return { ...functionBuilders, [name]: build };
}

/** Builds the pipeline with other ports for one function. `change` is called once for each instance. */
export function onPorts(name: DeliveredTo, change: (ports: Ports) => Partial<Ports>): FunctionBuilders {
  return withFunction(name, (ports) => functionBuilders[name](openEmbeddedPorts({ ...ports, ...change(ports) })));
}

/** Builds the pipeline with a wrapped handler for one function. `change` is called once for each instance. */
export function withHandler(name: DeliveredTo, change: (handler: Handler, ports: Ports) => Handler): FunctionBuilders {
  return withFunction(name, (ports) => {
    const instance = functionBuilders[name](ports);
    return { ...instance, handler: change(instance.handler, ports) };
  });
}

/** Builds the pipeline with one function that does nothing before it idles. */
export function withoutBeforeIdle(name: DeliveredTo): FunctionBuilders {
  return withFunction(name, (ports) => {
    const { handler, finish } = functionBuilders[name](ports);
    return { handler, ...(finish && { finish }) };
  });
}

/** Builds the pipeline with another `publish` for one function. */
export function publishing(
  name: DeliveredTo,
  publish: (publisher: Publisher, topic: TopicName, message: Message) => Promise<void>,
): FunctionBuilders {
  return onPorts(name, ({ publisher }) => ({
    publisher: { publish: (topic, message) => publish(publisher, topic, message) },
  }));
}

/** Builds the pipeline with a track that changes each entry before it writes it. */
export function writing(change: (entry: Entry) => Entry): FunctionBuilders {
  const changed = (write: BlockWrite): BlockWrite => ({
    ...write,
    block: { ...write.block, cells: write.block.cells.map((cell) => cell.map(change)) },
  });
  return onPorts('track', ({ blocks }) => ({
    blocks: methodsOf(blocks, { write: (writes) => blocks.write(writes.map(changed)) }),
  }));
}

/** Builds the pipeline with a sweep that changes the progress before it saves it. */
export function savingProgress(change: (progress: Progress, found: readonly Gap[]) => Progress): FunctionBuilders {
  return onPorts('sweep', ({ ledger }) => ({
    ledger: methodsOf(ledger, {
      saveProgress: (stream, progress, expected, found = []) =>
        ledger.saveProgress(stream, change(progress, found), expected, found),
    }),
  }));
}

/** Builds the pipeline with one function that reads another progress than the stored one. */
export function readingProgress(name: DeliveredTo, change: (progress: Progress) => Progress): FunctionBuilders {
  return onPorts(name, ({ ledger }) => ({
    ledger: methodsOf(ledger, {
      progress: async (stream) => {
        const known = await ledger.progress(stream);
        return known && { ...known, value: change(known.value) };
      },
    }),
  }));
}

/** Builds the pipeline with other stream settings for one function. */
export function withSettings(name: DeliveredTo, settings: Partial<StreamSettings>): FunctionBuilders {
  return onPorts(name, ({ catalog }) => ({
    catalog: { ...catalog, stream: (stream) => ({ ...catalog.stream(stream), ...settings }) },
  }));
}

/** Replaces some methods of a port. */
export function methodsOf<Port extends object>(port: Port, replaced: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, name): unknown => Reflect.get(name in replaced ? replaced : target, name),
  });
}

/** Replaces attributes of a message. An attribute that is undefined is removed. */
export function withAttributes<M extends Message>(message: M, attributes: Record<string, string | undefined>): M {
  const merged = Object.entries({ ...message.attributes, ...attributes }).filter(([, value]) => value !== undefined);
  return { ...message, attributes: Object.fromEntries(merged) as Message['attributes'] };
}
