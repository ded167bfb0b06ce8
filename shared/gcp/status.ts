/** The gRPC codes on errors of Google Cloud's clients: https://grpc.io/docs/guides/status-codes/ */
const invalidArgument = 3;
const notFound = 5;
const alreadyExists = 6;
const permissionDenied = 7;
const failedPrecondition = 9;
const aborted = 10;
const conflicts: readonly unknown[] = [notFound, alreadyExists, failedPrecondition, aborted];

/** Whether a conditional write failed because the stored version is not the expected one. Nothing was written. */
export function isConflict(error: unknown): boolean {
  return conflicts.includes(codeOf(error));
}

/** Whether a document could not be created because it exists. */
export function isTaken(error: unknown): boolean {
  return codeOf(error) === alreadyExists;
}

/** Whether the caller lacks the permission. */
export function isDenied(error: unknown): boolean {
  return codeOf(error) === permissionDenied;
}

/** Whether the requested resource does not exist. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === notFound;
}

/** Whether a request is invalid, so that a retry cannot succeed. */
export function isRefusal(error: unknown): boolean {
  return codeOf(error) === invalidArgument;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
