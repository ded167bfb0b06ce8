import { errorChain } from '../shared/gcp/error-chain.ts';

/** Tells an error and what caused it in a line, without values of events. */
export function reasonOf(error: unknown): string {
  return errorChain(error)
    .map(({ code, message }) => (typeof code === 'number' ? `${message} (${code})` : message))
    .join(': ');
}
