import { RetryableError } from '../errors.ts';
import type { MethodOf, PortName, ServicePorts } from '../port-methods.ts';
import { intercept } from './intercept.ts';

/** The fault of a call: none, it fails without effect, or it takes effect and its answer is lost. */
export type Fault = 'none' | 'fails' | 'answer-lost';

/** Wraps a port so that its calls can fail: each call, and the reading of each item of a scan. */
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

/** The error of a caller that got no answer. */
export function unanswered(method: string): RetryableError {
  return new RetryableError(`no answer to ${method}`);
}
