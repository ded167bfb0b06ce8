import dns from 'node:dns';
import { constants } from 'node:os';
import { isNativeError } from 'node:util/types';
import { EventmendError } from '../errors.ts';

/** What is told of an error, and of what caused it. */
export interface ErrorReport {
  /** The class of the error. */
  readonly name: string;
  /** A status of Google Cloud or of HTTP, or a code of Node's. */
  readonly code?: string | number;
  readonly message: string;
  /** Where it was thrown: a line each. Empty if someone has read the error's stack before. */
  readonly stack: readonly string[];
}

/** Most errors of a chain that are told. */
const maxErrors = 8;

/**
 * Tells an error and its causes without values of events. Our own messages hold none. Those of others may hold any: JSON.parse quotes
 * its input, with quotation marks or without, and Firestore names documents after uuids. No pattern tells a value from the rest, so
 * of errors that are not ours only class, code and call sites are told. What is given up is the explanation that Google Cloud adds to
 * a status, such as which API is disabled; the status itself is kept.
 *
 * Nothing of it is read from a property that anyone may have set: the class is found by the prototype, codes come from closed
 * lists, and call sites from V8, never from the text of a stack, which repeats the message.
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

/** The chain as the text of a stack trace, which Error Reporting groups by. */
export function stackTrace(chain: readonly ErrorReport[]): string {
  return chain.map(({ name, message, stack }) => [`${name}: ${message}`, ...stack].join('\n')).join('\nCaused by: ');
}

function report(error: unknown): ErrorReport {
  if (!isError(error)) return { name: typeof error, message: 'something that is no error was thrown', stack: [] };
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

/** Tells whether something is an error, be it of another realm, as those that Node itself throws are under Jest. */
function isError(value: unknown): value is Error {
  return value instanceof Error || isNativeError(value) || value instanceof DOMException;
}

/** Names that many classes of errors share, and that say more than the class. */
const sharedNames: readonly string[] = ['AbortError', 'TimeoutError'];

function classOf(error: Error): string {
  if (sharedNames.includes(error.name)) return error.name;
  const { constructor } = Object.getPrototypeOf(error) as { readonly constructor: unknown };
  return typeof constructor === 'function' ? constructor.name : 'Error';
}

/** The statuses of gRPC by their codes: https://grpc.io/docs/guides/status-codes/ */
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

/** The code of an error, if it is one of gRPC, HTTP, the operating system, a name server, or Node. */
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

/** The call sites of errors that were told before: V8 gives them once. */
const toldCallSites = new WeakMap<Error, readonly string[]>();

/** The function that V8 formats stacks with (https://v8.dev/docs/stack-trace-api). */
const v8: { prepareStackTrace?: ((error: Error, sites: NodeJS.CallSite[]) => unknown) | undefined } = Error;

/** Reads an error's stack with a function of ours as V8's formatter, which is given call sites rather than text. */
function callSitesOf(error: Error): readonly string[] {
  const told = toldCallSites.get(error);
  if (told) return told;
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
    // The stack is whatever the error's class makes of it. The rest is told all the same.
  } finally {
    v8.prepareStackTrace = prepareStackTrace;
  }
  toldCallSites.set(error, found);
  return found;
}
