import dns from 'node:dns';
import { constants } from 'node:os';
import { isNativeError } from 'node:util/types';
import { EventmendError } from '../errors.ts';

/** The loggable part of an error. */
export interface ErrorReport {
  /** The class of the error. */
  readonly name: string;
  /** A gRPC or HTTP status, or a code of Node. */
  readonly code?: string | number;
  readonly message: string;
  /** The call sites, one on each line. Empty if other code has read the error's stack before. */
  readonly stack: readonly string[];
}

/** The maximum number of errors in a chain. */
const maxErrors = 8;

/**
 * Reports an error and its causes without values of events. Eventmend's own messages hold no values. Messages of
 * libraries may: JSON.parse quotes its input, and Firestore's errors name documents, whose names contain uuids. No
 * pattern can find such values. So for errors of libraries only class, code and call sites are reported. The
 * explanation that Google Cloud adds to a status (such as which API is disabled) is lost, but the status is kept.
 *
 * Nothing is read from properties that may hold a value. The class comes from the prototype, codes from closed lists,
 * and call sites from V8. The text of a stack is not used, because it repeats the message.
 */
export function errorChain(error: unknown): readonly ErrorReport[] {
  const chain: ErrorReport[] = [];
  const todo: unknown[] = [error];
  while (todo.length > 0 && chain.length < maxErrors) {
    const next = todo.shift();
    if (next === undefined || next === null) continue;
    chain.push(report(next));
    todo.unshift(...causesOf(next));
  }
  return chain;
}

/** Writes the chain as a stack trace, by which Error Reporting groups errors. */
export function stackTrace(chain: readonly ErrorReport[]): string {
  return chain.map(({ name, message, stack }) => [`${name}: ${message}`, ...stack].join('\n')).join('\nCaused by: ');
}

function report(error: unknown): ErrorReport {
  if (!isError(error)) return { name: typeof error, message: 'a value that is not an error was thrown', stack: [] };
  const name = classOf(error);
  const stack = callSitesOf(error);
  if (error instanceof EventmendError) return { name, code: error.code, message: error.message, stack };
  const code = codeOf(error);
  return { name, ...(code !== undefined && { code }), message: meaningOf(code), stack };
}

function causesOf(error: unknown): readonly unknown[] {
  if (!isError(error)) return [];
  const together: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error.cause, ...together.slice(0, maxErrors)];
}

/** Whether a value is an error, also of another realm: under Jest, errors that Node throws are of another realm. */
function isError(value: unknown): value is Error {
  return value instanceof Error || isNativeError(value) || value instanceof DOMException;
}

/** Error names that say more than the class of the error. */
const sharedNames: readonly string[] = ['AbortError', 'TimeoutError'];

function classOf(error: Error): string {
  if (sharedNames.includes(error.name)) return error.name;
  const { constructor } = Object.getPrototypeOf(error) as { readonly constructor: unknown };
  return typeof constructor === 'function' ? constructor.name : 'Error';
}

/** The gRPC statuses by their codes: https://grpc.io/docs/guides/status-codes/ */
const grpcStatuses: readonly string[] = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

const systemCodes: ReadonlySet<string> = new Set([
  ...Object.keys(constants.errno),
  ...Object.values(dns).filter((value) => typeof value === 'string'),
]);
const nodeCode = /^ERR_[A-Z0-9_]{1,60}$/;

/** Returns the code of an error if it is a code of gRPC, HTTP, the operating system, DNS, or Node. */
function codeOf(error: Error): string | number | undefined {
  const code: unknown = 'code' in error && !(error instanceof DOMException) ? error.code : undefined;
  if (typeof code === 'number') return code in grpcStatuses || isHttpStatus(code) ? code : undefined;
  return typeof code === 'string' && (systemCodes.has(code) || nodeCode.test(code)) ? code : undefined;
}

function isHttpStatus(code: number): boolean {
  return Number.isInteger(code) && code >= 100 && code < 600;
}

function meaningOf(code: string | number | undefined): string {
  if (code === undefined) return 'its message is not shown, since it may quote an event';
  return typeof code === 'number' ? (grpcStatuses[code] ?? 'HTTP status') : code;
}

/** The call sites of errors that were reported before, because V8 gives them only once. */
const knownCallSites = new WeakMap<Error, readonly string[]>();

/** The function that V8 formats stacks with (https://v8.dev/docs/stack-trace-api). */
const v8: { prepareStackTrace?: ((error: Error, sites: NodeJS.CallSite[]) => unknown) | undefined } = Error;

/** Reads the stack of an error with our own V8 formatter, which gets call sites and not text. */
function callSitesOf(error: Error): readonly string[] {
  const known = knownCallSites.get(error);
  if (known) return known;
  let found: readonly string[] = [];
  const { prepareStackTrace } = v8;
  v8.prepareStackTrace = (formatted, sites) => {
    const lines = sites.map((site: { toString(): string }) => `    at ${site.toString()}`);
    if (formatted === error) found = lines;
    return [String(formatted), ...lines].join('\n');
  };
  try {
    Reflect.get(error, 'stack');
  } catch {
    // The class of the error may define `stack`, and reading it may throw. The rest of the error is reported anyway.
  } finally {
    v8.prepareStackTrace = prepareStackTrace;
  }
  knownCallSites.set(error, found);
  return found;
}
