import { portMethods, type AnswerKind, type PortName, type ServicePorts } from '../port-methods.ts';

/** An open adapter of a port. */
export interface BoundedAdapter<Port> {
  /** Returns the port for one delivery. Its calls end by a deadline, in milliseconds since 1970. */
  until(deadlineMs: number): Port;
  /** Resolves when nothing waits to be sent. */
  flush?(): Promise<void>;
}

/** A port whose adapter and client are loaded at its first call, or by `open`. */
export interface LazyPort<Port> extends BoundedAdapter<Port> {
  open(): Promise<void>;
  flush(): Promise<void>;
}

/** @param load Loads the adapter and its client, and opens the adapter. It is called once. */
export function lazyPort<P extends PortName>(
  name: P,
  load: () => Promise<BoundedAdapter<ServicePorts[P]>>,
): LazyPort<ServicePorts[P]> {
  let loading: Promise<BoundedAdapter<ServicePorts[P]>> | undefined;
  const adapter = () => (loading ??= load());
  // Each delivery makes a port, but the list of its methods is always the same.
  const methods: Methods = Object.entries(portMethods[name]);
  return {
    until: (deadlineMs) => {
      let opening: Promise<ServicePorts[P]> | undefined;
      return forward(methods, () => (opening ??= adapter().then((opened) => opened.until(deadlineMs))));
    },
    open: async () => {
      await adapter();
    },
    flush: async () => {
      await (await loading)?.flush?.();
    },
  };
}

/** The names of methods, each with the kind of its answer. */
type Methods = readonly (readonly [string, AnswerKind])[];
type Method = (...args: unknown[]) => unknown;

/** Makes a port that forwards each call to another port, which the first call opens. */
function forward<Port>(methods: Methods, open: () => Promise<Port>): Port {
  const forwarded: Record<string, Method> = {};
  for (const [method, kind] of methods) {
    const call = async (args: unknown[]): Promise<unknown> => {
      const port = (await open()) as Readonly<Record<string, Method>>;
      return port[method]?.(...args);
    };
    forwarded[method] = kind === 'promise' ? (...args) => call(args) : (...args) => itemsOf(call(args));
  }
  return forwarded as Port;
}

async function* itemsOf(items: Promise<unknown>): AsyncGenerator {
  yield* (await items) as AsyncIterable<unknown>;
}
