import { RetryableError } from '../errors.ts';
import type { MethodOf, PortName, ServicePorts } from '../port-methods.ts';
import { intercept } from './intercept.ts';

/**
 * The fault of a call. `fails`: the call has no effect. `answer-lost`: the call takes effect, but the caller gets an
 * error.
 */
export type Fault = 'none' | 'fails' | 'answer-lost';

/** Wraps a port so that each call can fail, and also the reading of each item of a scan. */
export function unreliable<P extends PortName>(
  name: P,
  port: ServicePorts[P],
  faultOf: (method: MethodOf<ServicePorts[P]>) => Fault,
): ServicePorts[P] {
  return intercept(name, port, async ({ method }, proceed) => {
    const fault = faultOf(method as MethodOf<ServicePorts[P]>);
    if (fault === 'fails') throw unanswered(method);
    const answer = await proceed();
    if (fault === 'answer-lost') throw unanswered(method);
    return answer;
  });
}

/** Makes the error of a call that got no answer. */
export function unanswered(method: string): RetryableError {
  return new RetryableError(`no answer to ${method}`);
}
