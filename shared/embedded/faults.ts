import { RetryableError } from '../errors.ts';

/** What happens to a call: nothing, it fails without effect, or it takes effect and its answer is lost. */
export type Fault = 'none' | 'fails' | 'answer-lost';

/**
 * Wraps a port so that its calls can go wrong: those of async functions, and of async generators, which fail when they are
 * first read. Everything else passes.
 */
export function unreliable<Port extends object>(port: Port, faultOf: (method: string) => Fault): Port {
  return new Proxy(port, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      const call = (args: unknown[]): unknown => Reflect.apply(member, target, args);
      switch (member.constructor.name) {
        case 'AsyncFunction':
          return (...args: unknown[]) => callThrough(name, faultOf(name), () => call(args));
        case 'AsyncGeneratorFunction':
          return (...args: unknown[]) => readThrough(name, faultOf(name), call(args) as AsyncIterable<unknown>);
        default:
          return (...args: unknown[]) => call(args);
      }
    },
  });
}

async function callThrough(method: string, fault: Fault, call: () => unknown): Promise<unknown> {
  if (fault === 'fails') throw lost(method);
  const answer = await call();
  if (fault === 'answer-lost') throw lost(method);
  return answer;
}

async function* readThrough(method: string, fault: Fault, items: AsyncIterable<unknown>): AsyncGenerator {
  if (fault !== 'none') throw lost(method);
  yield* items;
}

function lost(method: string): RetryableError {
  return new RetryableError(`no answer to ${method}`);
}
