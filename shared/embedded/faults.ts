import { RetryableError } from '../errors.ts';

/** What happens to a call: nothing, it fails without effect, or it takes effect and its answer is lost. */
export type Fault = 'none' | 'fails' | 'answer-lost';

/** Wraps a port so that its calls can go wrong. Methods that answer with a promise are affected; others pass. */
export function unreliable<Port extends object>(port: Port, faultOf: (method: string) => Fault): Port {
  return new Proxy(port, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      return (...args: unknown[]): unknown => {
        const fault = faultOf(name);
        if (fault === 'fails') return Promise.reject(lost(name));
        const answer: unknown = Reflect.apply(member, target, args);
        return fault === 'answer-lost' && answer instanceof Promise
          ? answer.then(() => Promise.reject(lost(name)))
          : answer;
      };
    },
  });
}

function lost(method: string): RetryableError {
  return new RetryableError(`no answer to ${method}`);
}
