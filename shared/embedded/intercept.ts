import { InvariantError } from '../errors.ts';
import type { Services } from '../function-instance.ts';
import { portMethods, type AnswerKind, type PortName, type ServicePorts } from '../port-methods.ts';

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

/**
 * A call that took effect, with its answer: a union over every method of every port. Each item of a scan counts as a
 * call.
 */
export type PortCall = {
  [P in PortName]: { [M in keyof ServicePorts[P]]: CallOf<P, M> }[keyof ServicePorts[P]];
}[PortName];

type WithoutAnswer<Call> = Call extends PortCall ? Omit<Call, 'answer'> : never;

/** A call before it takes effect. */
export type PortRequest = WithoutAnswer<PortCall>;

/** Makes the call, with its own arguments or with other arguments of the same method. */
export type Proceed = (args?: PortRequest['args']) => Promise<PortCall['answer']>;

/** Runs in place of a call to a port. It may delay the call, change it, refuse it, or never return. */
export type Interceptor = (request: PortRequest, proceed: Proceed) => Promise<PortCall['answer']>;

/**
 * Puts an interceptor in front of every call of a port, and of the reading of every item of a scan. Synchronous methods
 * that the adapter adds to the port are not intercepted.
 *
 * @throws InvariantError at the call of an asynchronous method that {@link portMethods} does not name.
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
      // The method is looked up at each call, because a test may replace it later.
      const call = (args: readonly unknown[]): unknown =>
        Reflect.apply(Reflect.get(target, method) as typeof member, target, args);
      const kind = Object.hasOwn(kinds, method) ? kinds[method] : undefined;
      const wrapped = interceptMethod({ port: name, method, kind, call }, interceptor);
      intercepted.set(method, wrapped);
      return wrapped;
    },
  });
}

/** Puts an interceptor in front of every call of every service. */
export function interceptServices(services: Services, interceptor: Interceptor): Services {
  const {
    publisher,
    blocks,
    ledger,
    letters,
    letterIndex,
    auditTrail,
    jobs,
    events,
    anomalies,
    keys,
    reconciliations,
    systems,
    lists,
  } = services;
  return {
    publisher: intercept('publisher', publisher, interceptor),
    blocks: intercept('blocks', blocks, interceptor),
    ledger: intercept('ledger', ledger, interceptor),
    letters: intercept('letters', letters, interceptor),
    letterIndex: intercept('letterIndex', letterIndex, interceptor),
    auditTrail: intercept('auditTrail', auditTrail, interceptor),
    jobs: intercept('jobs', jobs, interceptor),
    events: intercept('events', events, interceptor),
    anomalies: intercept('anomalies', anomalies, interceptor),
    keys: intercept('keys', keys, interceptor),
    reconciliations: intercept('reconciliations', reconciliations, interceptor),
    systems: new Map([...systems].map(([name, system]) => [name, intercept('system', system, interceptor)])),
    lists: new Map([...lists].map(([name, list]) => [name, intercept('list', list, interceptor)])),
  };
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
  if (isLater) throw new InvariantError(`${method} is asynchronous, but portMethods does not name it`);
  return answer;
}
