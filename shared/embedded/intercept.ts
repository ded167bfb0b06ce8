import { InvariantError } from '../errors.ts';
import type {
  BlockStore,
  CleanEventStore,
  DeadLetterStore,
  GapLedger,
  Publisher,
  SystemOfRecord,
  UuidKeys,
} from '../ports.ts';

/** The ports with a service behind them: their calls take time, and can fail. */
export interface ServicePorts {
  readonly publisher: Publisher;
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly letters: DeadLetterStore;
  readonly events: CleanEventStore;
  readonly keys: UuidKeys;
  readonly system: SystemOfRecord;
}

export type PortName = keyof ServicePorts;

/** How a method answers: with one promise, or with items that are awaited one by one. */
type AnswerKind = 'promise' | 'items';

type AnswerKindOf<Method> = Method extends (...args: never[]) => PromiseLike<unknown>
  ? 'promise'
  : Method extends (...args: never[]) => AsyncIterable<unknown>
    ? 'items'
    : never;

/** The methods of a port that can be intercepted, and how each answers. */
type AnswerKinds<Port> = {
  readonly [M in keyof Port as AnswerKindOf<Port[M]> extends never ? never : M]: AnswerKindOf<Port[M]>;
};

/** The names of the methods of a port that can be intercepted. */
export type MethodOf<Port> = keyof AnswerKinds<Port>;

/**
 * Every method that can be intercepted. The compiler compares this table with the ports: a method that is added, renamed or removed
 * there is an error here.
 */
export const portMethods = {
  publisher: { publish: 'promise' },
  blocks: {
    read: 'promise',
    write: 'promise',
    scan: 'items',
    first: 'promise',
    last: 'promise',
    totals: 'promise',
    unpublished: 'promise',
    streams: 'promise',
  },
  ledger: {
    progress: 'promise',
    saveProgress: 'promise',
    unresolved: 'promise',
    countUnresolved: 'promise',
    find: 'promise',
    save: 'promise',
    overlapping: 'promise',
    list: 'promise',
  },
  letters: {
    find: 'promise',
    save: 'promise',
    list: 'promise',
    openByCode: 'promise',
    about: 'promise',
    keep: 'promise',
    kept: 'promise',
  },
  events: { put: 'promise', bury: 'promise' },
  keys: { claim: 'promise' },
  system: { check: 'promise' },
} as const satisfies { readonly [P in PortName]: AnswerKinds<ServicePorts[P]> };

/** The name of a method together with its port. */
export type PortMethod = { [P in PortName]: `${P}.${MethodOf<ServicePorts[P]>}` }[PortName];

/** The names of all methods that can be intercepted. */
export const portMethodNames: readonly PortMethod[] = Object.entries(portMethods).flatMap(([port, methods]) =>
  Object.keys(methods).map((method) => `${port}.${method}` as PortMethod),
);

type CallOf<P extends PortName, M extends keyof ServicePorts[P]> = ServicePorts[P][M] extends (
  ...args: infer Args
) => PromiseLike<infer Answer>
  ? PortCallOf<P, M, Args, Answer>
  : ServicePorts[P][M] extends (...args: infer Args) => AsyncIterable<infer Item>
    ? PortCallOf<P, M, Args, IteratorResult<Item>>
    : never;

interface PortCallOf<Port, Method, Args, Answer> {
  readonly port: Port;
  readonly method: Method;
  readonly args: Args;
  readonly answer: Answer;
}

/** A call that took effect, with its answer: a union over every method of every port. Of items, each item is a call. */
export type PortCall = {
  [P in PortName]: { [M in keyof ServicePorts[P]]: CallOf<P, M> }[keyof ServicePorts[P]];
}[PortName];

type WithoutAnswer<Call> = Call extends PortCall ? Omit<Call, 'answer'> : never;

/** A call that is to be made. */
export type PortRequest = WithoutAnswer<PortCall>;

/** Makes a call take effect, with its own arguments or with others of the same method. */
export type Proceed = (args?: PortRequest['args']) => Promise<PortCall['answer']>;

/** Stands between a caller and a port. It may delay a call, change it, refuse it, or never let it return. */
export type Interceptor = (request: PortRequest, proceed: Proceed) => Promise<PortCall['answer']>;

/**
 * Puts an interceptor in front of every call of a port, and of the reading of every item of a scan. A method that answers at once,
 * and that no port has, passes.
 *
 * @throws InvariantError at the call of a method that answers later and that {@link portMethods} does not name.
 */
export function intercept<P extends PortName, Port extends ServicePorts[P]>(
  name: P,
  port: Port,
  interceptor: Interceptor,
): Port {
  const kinds: Readonly<Record<string, AnswerKind>> = portMethods[name];
  const intercepted = new Map<PropertyKey, unknown>();
  return new Proxy(port, {
    get(target, method): unknown {
      const known = intercepted.get(method);
      if (known !== undefined) return known;
      const member: unknown = Reflect.get(target, method);
      if (typeof member !== 'function' || typeof method !== 'string') return member;
      // Looked up at each call: a test may replace the method later.
      const call = (args: readonly unknown[]): unknown =>
        Reflect.apply(Reflect.get(target, method) as typeof member, target, args);
      const kind = Object.hasOwn(kinds, method) ? kinds[method] : undefined;
      const wrapped = interceptMethod({ port: name, method, kind, call }, interceptor);
      intercepted.set(method, wrapped);
      return wrapped;
    },
  });
}

interface Method {
  readonly port: PortName;
  readonly method: string;
  readonly kind: AnswerKind | undefined;
  readonly call: (args: readonly unknown[]) => unknown;
}

function interceptMethod({ port, method, kind, call }: Method, interceptor: Interceptor) {
  const requestOf = (args: readonly unknown[]) => ({ port, method, args }) as unknown as PortRequest;
  switch (kind) {
    case 'promise':
      return (...args: unknown[]) =>
        interceptor(requestOf(args), (given = args as PortRequest['args']) => call(given) as ReturnType<Proceed>);
    case 'items':
      return (...args: unknown[]) => interceptItems(call(args) as AsyncIterable<unknown>, requestOf(args), interceptor);
    case undefined:
      return (...args: unknown[]) => answeredAtOnce(call(args), method);
  }
}

async function* interceptItems(
  items: AsyncIterable<unknown>,
  request: PortRequest,
  interceptor: Interceptor,
): AsyncGenerator {
  const iterator = items[Symbol.asyncIterator]();
  for (;;) {
    const item = (await interceptor(request, () => iterator.next() as ReturnType<Proceed>)) as IteratorResult<unknown>;
    if (item.done === true) return;
    yield item.value;
  }
}

function answeredAtOnce(answer: unknown, method: string): unknown {
  const isLater = typeof answer === 'object' && answer !== null && ('then' in answer || Symbol.asyncIterator in answer);
  if (isLater) throw new InvariantError(`${method} answers later, and portMethods does not name it`);
  return answer;
}
