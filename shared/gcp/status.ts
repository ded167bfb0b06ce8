/** Codes that Google Cloud's clients put on their errors: https://grpc.io/docs/guides/status-codes/ */
const invalidArgument = 3;
const notFound = 5;
const alreadyExists = 6;
const permissionDenied = 7;
const failedPrecondition = 9;
const aborted = 10;
const conflicts: readonly unknown[] = [notFound, alreadyExists, failedPrecondition, aborted];

/** Tells whether a write failed because the document is not as expected, and nothing was written. */
export function isConflict(error: unknown): boolean {
  return conflicts.includes(codeOf(error));
}

/** Tells whether a document could not be created because there is one. */
export function isTaken(error: unknown): boolean {
  return codeOf(error) === alreadyExists;
}

/** Tells whether who asks has no right to it. */
export function isDenied(error: unknown): boolean {
  return codeOf(error) === permissionDenied;
}

/** Tells whether what was asked for is not there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === notFound;
}

/** Tells whether a request will never be taken, however often it is made. */
export function isRefusal(error: unknown): boolean {
  return codeOf(error) === invalidArgument;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
