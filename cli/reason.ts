import { errorChain } from '../shared/gcp/error-chain.ts';

/** Describes an error and its causes in one line, without values of events. */
export function reasonOf(error: unknown): string {
  return errorChain(error)
    .map(({ code, message }) => (typeof code === 'number' ? `${message} (${code})` : message))
    .join(': ');
}

/** Whether a call failed because there are no credentials. google-auth-library says so only by the text of the error. */
export function lacksCredentials(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Could not load the default credentials');
}
