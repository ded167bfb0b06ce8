import { RetryableError } from '../errors.ts';
import { across } from './crossing.ts';

/** What happens to a call: nothing, it fails without effect, or it takes effect and its answer is lost. */
export type Fault = 'none' | 'fails' | 'answer-lost';

/** Wraps a port so that its calls can go wrong: those of async functions, and the reading of each item of async generators. */
export function unreliable<Port extends object>(port: Port, faultOf: (method: string) => Fault): Port {
  return across(port, async (method, args, call) => {
    const fault = faultOf(method);
    if (fault === 'fails') throw lost(method);
    const answer = await call(...args);
    if (fault === 'answer-lost') throw lost(method);
    return answer;
  });
}

/** What a caller hears of a call that nobody answered. */
export function lost(method: string): RetryableError {
  return new RetryableError(`no answer to ${method}`);
}
