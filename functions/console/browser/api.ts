/** An answer of the API that is no success: the reason, and the next step. */
export class ApiError extends Error {
  readonly code: string;
  readonly next: string;
  readonly status: number;

  constructor(
    status: number,
    { code = 'error', message = 'The console does not answer.', next = '' }: Partial<ErrorBody>,
  ) {
    super(message);
    this.code = code;
    this.next = next;
    this.status = status;
  }
}

/** An error that the reader can mend. Its message is shown as it is. */
export class ReaderError extends Error {}

interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/** A change of a letter names the revision that the reader saw. */
interface Change {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  /** The body as JSON, in place of `body`. */
  readonly json?: string;
  readonly revision?: string | number | undefined;
  readonly signal?: AbortSignal;
}

let token: Promise<string> | undefined;

/** The token that shows that a change comes from a page of the console. */
function sessionToken(): Promise<string> {
  token ??= readAnswer<{ readonly token: string }>('/api/session').then((session) => session.token);
  return token;
}

export async function readAnswer<Answer>(path: string): Promise<Answer> {
  return answerOf<Answer>(await fetch(path, { cache: 'no-store', headers: { Accept: 'application/json' } }));
}

export async function change<Answer>(
  path: string,
  { method, body = {}, json, revision, signal }: Change,
): Promise<Answer> {
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    'X-Session-Token': await sessionToken(),
    'Idempotency-Key': crypto.randomUUID(),
  };
  if (revision !== undefined) headers['If-Match'] = `"${revision}"`;
  const init = { method, headers, body: json ?? JSON.stringify(body), ...(signal && { signal }) };
  return answerOf<Answer>(await fetch(path, init));
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  const answer = (await response.json()) as Answer & { readonly error?: Partial<ErrorBody> };
  if (!response.ok) throw new ApiError(response.status, answer.error ?? {});
  return answer;
}

/** Spells an error for the reader: the fact, and the next step. */
export function spellError(error: unknown): string {
  if (error instanceof ApiError) return `${error.message} ${error.next}`.trim();
  if (error instanceof ReaderError) return error.message;
  return 'The console does not answer. Try again.';
}
