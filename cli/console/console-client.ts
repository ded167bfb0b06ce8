import { CommandError, UsageError, type Io } from '../command.ts';

/** The console that a command uses, unless EVENTMEND_CONSOLE names another. */
export const defaultConsole = 'http://localhost:8080';

/** The answer of the console: a JSON object. */
export interface ConsoleAnswer {
  readonly status: number;
  /** The revision of the letter, if the answer is about one. */
  readonly revision: number | undefined;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface ChangeRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** The revision that the change rests on. */
  readonly revision?: number | undefined;
  readonly body?: object;
}

/** An answer of the console that says that a request is wrong, or was refused. */
export class ConsoleRefusal extends CommandError {
  override readonly exitCode: number;
  readonly status: number;
  readonly code: string;
  readonly json: ConsoleAnswer['json'];

  constructor(status: number, json: ConsoleAnswer['json']) {
    const { code = 'error', message = `HTTP ${status}`, next = '' } = (json.error ?? {}) as Partial<ErrorMembers>;
    super(spellRefusal(code, message, next));
    this.exitCode = status === 400 ? 2 : 1;
    this.status = status;
    this.code = code;
    this.json = json;
  }
}

/** The next steps that have another name on the command line than in the API. */
const nextSteps: Readonly<Record<string, string>> = {
  'unknown-stream': 'eventmend streams lists the streams',
  'unknown-job': 'eventmend dead-letters jobs lists the jobs',
  'unknown-gap': 'eventmend gaps lists the gaps',
  'not-found': 'eventmend dead-letters list lists the letters',
};

/** The parameters of the API that are options of commands. */
const parameterAtStart = /^(?=(?:at|cursor|limit|reason|source|stream|text|type) (?:is|must) )/;

function spellRefusal(code: string, message: string, next: string): string {
  const step = nextSteps[code];
  if (step !== undefined) return `${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\.$/, '')}: ${step}`;
  // The description of the API is for programs.
  const said = [message.replace(parameterAtStart, '--'), next.includes('docs/api.md') ? '' : next];
  return said.filter((text) => text !== '').join(' ');
}

interface ErrorMembers {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/** The lines of a command's help that say which console it uses. */
export const consoleNotes = [
  `Uses the console at EVENTMEND_CONSOLE (default: ${defaultConsole}), which npm start and npm run dev serve. For a project, run`,
  'gcloud run services proxy console --port 8080. EVENTMEND_TOKEN, if it is set, is sent as an ID token.',
] as const;

/** Returns the address of a console. `localhost:8080` will do. @throws UsageError if it is none. */
function addressOf(given: string): string {
  const address = given.includes('://') ? given : `http://${given}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return address.replace(/\/+$/, '');
  throw new UsageError(`EVENTMEND_CONSOLE is ${given}, which is no address of a console: write http://HOST:PORT`);
}

/** JSON that a request has as it is spelt, so that no number changes its digits. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function spellBody(body: object): string {
  const members = Object.entries(body as Readonly<Record<string, unknown>>).filter(([, value]) => value !== undefined);
  const texts = members.map(([name, value]) => [name, value instanceof JsonText ? value.text : JSON.stringify(value)]);
  return `{${texts.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

/** Talks to the API of a console. */
export class ConsoleClient {
  private readonly url: string;
  private readonly token: string | undefined;
  private readonly signal: AbortSignal;
  private session: Promise<Readonly<Record<string, string>>> | undefined;

  constructor({ env, signal }: Pick<Io, 'env' | 'signal'>) {
    this.url = addressOf(env.EVENTMEND_CONSOLE ?? defaultConsole);
    this.token = env.EVENTMEND_TOKEN;
    this.signal = signal;
  }

  /** @throws ConsoleRefusal if the console refuses the request. */
  async get(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<ConsoleAnswer> {
    return this.answerOf(await this.send(`${path}${queryText(query)}`, { method: 'GET' }));
  }

  /** @throws ConsoleRefusal if the console refuses the change. */
  async change({ method, path, revision, body }: ChangeRequest): Promise<ConsoleAnswer> {
    const session = await (this.session ??= this.openSession());
    const headers = { ...session, ...(revision !== undefined && { 'If-Match': `"${revision}"` }) };
    return this.answerOf(await this.send(path, { method, headers, body: spellBody(body ?? {}) }));
  }

  /** Reads a long answer piece by piece. */
  async stream(path: string, query: Readonly<Record<string, string | undefined>>): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.send(`${path}${queryText(query)}`, { method: 'GET' });
    if (!response.ok) await this.answerOf(response);
    return (response.body ?? []) as AsyncIterable<Uint8Array>;
  }

  private async openSession(): Promise<Readonly<Record<string, string>>> {
    const response = await this.send('/api/session', { method: 'GET' });
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
    const { json } = await this.answerOf(response);
    return { Cookie: cookie, 'X-Session-Token': String(json.token) };
  }

  private async send(path: string, init: { method: string; headers?: object; body?: string }): Promise<Response> {
    const headers = { ...init.headers, ...(this.token !== undefined && { Authorization: `Bearer ${this.token}` }) };
    try {
      return await fetch(`${this.url}${path}`, { ...init, headers, signal: this.signal });
    } catch (error) {
      if (this.signal.aborted) throw error;
      throw new CommandError(
        `no console answers at ${this.url}: ${causeOf(error)}. ` +
          'Run npm start or npm run dev, or set EVENTMEND_CONSOLE to the address of another console',
        { cause: error },
      );
    }
  }

  /** Returns the error for an answer that the console did not write: one of Cloud Run or IAP, or of another server. */
  private notOfConsole(status: number): CommandError {
    if (status !== 401 && status !== 403)
      return new CommandError(`${this.url} is no console of this release: it answered ${status}`);
    const token = this.token === undefined ? 'EVENTMEND_TOKEN is not set' : 'EVENTMEND_TOKEN may have expired';
    return new CommandError(
      `${this.url} does not let this caller in (${status}; ${token}): run gcloud run services proxy console --port 8080 ` +
        'and use http://localhost:8080, or set EVENTMEND_TOKEN to an ID token of an address that may use the console',
    );
  }

  private async answerOf(response: Response): Promise<ConsoleAnswer> {
    const text = await response.text();
    const json = parsed(text);
    if (!json) throw this.notOfConsole(response.status);
    if (!response.ok) throw new ConsoleRefusal(response.status, json);
    const [, revision] = /^"(\d+)"$/.exec(response.headers.get('etag') ?? '') ?? [];
    return { status: response.status, json, revision: revision === undefined ? undefined : Number(revision) };
  }
}

function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

function parsed(text: string): ConsoleAnswer['json'] | undefined {
  try {
    return JSON.parse(text) as ConsoleAnswer['json'];
  } catch {
    return undefined;
  }
}

/** Returns the reason why a request was not answered, in a few words. */
function causeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown; errors?: readonly { code?: unknown }[] } };
  const code = cause?.code ?? cause?.errors?.[0]?.code;
  const reason = cause instanceof Error ? cause.message : String(error);
  return code === 'ECONNREFUSED' ? 'nothing listens there' : typeof code === 'string' ? code : reason;
}
