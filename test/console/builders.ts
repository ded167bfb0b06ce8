import { apiRoutes } from '../../functions/console/api/answer-api.ts';
import { answerSchemas, errorSchema } from '../../functions/console/api/api-schemas.ts';
import { findRoute } from '../../functions/console/api/route.ts';
import { makeConsole, type ApiDeps, type Console } from '../../functions/console/handler.ts';
import type { ConsoleRequest, ConsoleResponse } from '../../functions/console/response.ts';
import type { ApiCaller } from '../../shared/access.ts';
import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { makeEmbeddedStores } from '../../shared/embedded/ports.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import type { GapLedger } from '../../shared/ports.ts';
import type { Cell } from '../../shared/tracking/block.ts';
import { openStanding } from '../support/letters.ts';
import { aGap, aProgress, cellsOf, hold, noon, RecordingPublisher } from '../support/builders.ts';

export { aGap, noon };

/** The bytes that were published, and all else that is filed of a letter. */
export function aLetter({
  data = '{}',
  ...letter
}: Omit<Partial<DeadLetter>, 'message'> & LetterData = {}): DeadLetter {
  return {
    id: 'AAAAAAAAAAAAAAAA',
    root: 'events/17',
    standing: openStanding,
    revision: 1,
    replay: 0,
    failedReplay: 0,
    reason: 'AAAAAAAAAAAAAAAA',
    source: undefined,
    type: undefined,
    firstAtMs: noon + 1_000,
    draft: undefined,
    known: [],
    kept: [],
    history: [],
    failure: { code: 'ERR_UNDECODABLE', stage: 'validate', detail: 'not JSON' },
    stream: 'orders',
    eventId: 7,
    failedAtMs: noon,
    filedAtMs: noon + 1_000,
    messageIds: ['17'],
    message: { data: Buffer.from(data), attributes: letter.attributes ?? {} },
    ...letter,
  };
}

interface LetterData {
  readonly data?: string | Uint8Array;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A console on stores in memory, which a test fills first. Its caller is the operator ana, unless a test says otherwise. */
export class ConsoleUnderTest {
  readonly stores = makeEmbeddedStores(async () => undefined);
  readonly ledger = this.stores.ledger;
  readonly letters = this.stores.letters;
  readonly reconciliations = this.stores.reconciliations;
  readonly publisher = new RecordingPublisher();
  readonly clock = new VirtualClock(noon + 60_000);
  readonly log = new EmbeddedLog();
  readonly deps: ApiDeps;
  readonly console: Console;
  /** The addresses of the API that have answered with success. */
  readonly answered = new Set<string>();
  caller: ApiCaller = { name: 'ana', role: 'operator' };
  /** The headers of a session, which changes need. */
  readonly session = { cookie: `session-of-eventmend=${'t'.repeat(32)}`, 'x-session-token': 't'.repeat(32) };

  /** @param wrap Changes what the console sees of the ledger. */
  constructor(catalog: CatalogDefinition = {}, wrap: (ledger: GapLedger) => GapLedger = (ledger) => ledger) {
    const { stores, publisher, clock, log } = this;
    const callers = { identify: async () => this.caller };
    this.deps = { ...stores, publisher, clock, log, callers, ledger: wrap(this.ledger), catalog: makeCatalog(catalog) };
    this.console = makeConsole(this.deps);
  }

  /** Lets a stream hold ids. */
  async hold(stream: string, ids: readonly number[], cell?: Cell): Promise<void> {
    await hold(this.stores.blocks, stream, cellsOf(ids, cell));
  }

  async progress(stream: string, progress: Partial<Progress>): Promise<void> {
    await this.ledger.saveProgress(stream, aProgress({ ...progress, stream }), undefined);
  }

  async file(...letters: readonly DeadLetter[]): Promise<void> {
    for (const letter of letters) await this.letters.save(letter, undefined);
  }

  async get(path: string, method = 'GET', headers: Readonly<Record<string, string>> = {}): Promise<ConsoleResponse> {
    const [before = '', query] = path.split('?');
    const request = { method, path: before, query: new URLSearchParams(query), headers };
    return this.held(request, await this.console(request));
  }

  /** Holds an answer of the API against the shape that its description declares. */
  private held(request: ConsoleRequest, response: ConsoleResponse): ConsoleResponse {
    if (!request.path.startsWith('/api/') || response.rest || request.method === 'HEAD') return response;
    const shape = response.status < 300 ? answerSchemas[this.routeOf(request)] : errorSchema;
    const { error } = shape?.safeParse(JSON.parse(response.body)) ?? {};
    if (error) throw new Error(`${request.method} ${request.path} has another shape than declared: ${error.message}`);
    if (response.status < 300) this.answered.add(this.routeOf(request));
    return response;
  }

  private routeOf(request: ConsoleRequest): string {
    const { route } = findRoute(apiRoutes(this.deps), request);
    return `${route.method} ${route.path}`;
  }

  async getJson(path: string): Promise<unknown> {
    return JSON.parse((await this.get(path)).body);
  }

  /** Sends a change under a revision, with a body. */
  async change(method: 'POST' | 'PUT' | 'DELETE', path: string, revision: number | undefined, body: object = {}) {
    const ifMatch = revision === undefined ? {} : { 'if-match': `"${revision}"` };
    const [before = '', query] = path.split('?');
    const headers = { ...this.session, ...ifMatch };
    const data = Buffer.from(JSON.stringify(body));
    const request = { method, path: before, query: new URLSearchParams(query), headers, body: data };
    const response = this.held(request, await this.console(request));
    return { status: response.status, headers: response.headers, json: JSON.parse(response.body) as unknown };
  }
}

/** Reads the rest of a response that is made while it is read. */
export async function restOf({ rest }: ConsoleResponse): Promise<string> {
  let text = '';
  for await (const piece of rest ?? []) text += piece;
  return text;
}
