import { EventmendError } from '../errors.ts';

/** What is told of an error, and of what caused it. */
export interface ErrorReport {
  readonly name: string;
  /** A status, where Google Cloud or the system answered with one. */
  readonly code?: string | number;
  readonly message: string;
  /** Where it was thrown: a line each. */
  readonly stack: readonly string[];
}

/** Causes that are told at most. */
const mostCauses = 8;
/** Characters of a message that are told at most. */
const mostCharacters = 500;

/**
 * Tells an error and its causes, without values of events. Our own errors hold none. Others may quote what they choked on
 * (JSON.parse does) or name a document (whose id may be a producer's uuid): from their first quotation mark to their last, and
 * behind `/documents/`, they are cut.
 */
export function errorChain(error: unknown): readonly ErrorReport[] {
  const chain: ErrorReport[] = [];
  for (let at = error; at !== undefined && at !== null && chain.length < mostCauses; at = causeOf(at))
    chain.push(report(at));
  return chain;
}

/** The chain as the text of a stack trace, which Error Reporting groups by. */
export function stackTrace(chain: readonly ErrorReport[]): string {
  return chain.map(({ name, message, stack }) => [`${name}: ${message}`, ...stack].join('\n')).join('\nCaused by: ');
}

function report(error: unknown): ErrorReport {
  if (!(error instanceof Error))
    return { name: typeof error, message: 'something that is no error was thrown', stack: [] };
  const { name, message, stack = '' } = error;
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    name,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    message: error instanceof EventmendError ? message : withoutValues(message),
    stack: stack.split('\n').filter((line) => /^\s+at /.test(line)),
  };
}

function withoutValues(message: string): string {
  return message
    .replace(/["'`].*["'`]/s, '…')
    .replace(/\/documents\/\S+/g, '/documents/…')
    .slice(0, mostCharacters);
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
