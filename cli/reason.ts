import { errorChain } from '../shared/gcp/error-chain.ts';

/** Tells an error and what caused it in a line, without values of events. */
export function reasonOf(error: unknown): string {
  return errorChain(error)
    .map(({ code, message }) => (typeof code === 'number' ? `${message} (${code})` : message))
    .join(': ');
}

/** Tells whether a call was not even made, for want of credentials (google-auth-library says so by its text alone). */
export function lacksCredentials(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Could not load the default credentials');
}
