import { auditAll } from '../../shared/audit/stream-audit.ts';
import { FileBooks, isBalanced } from '../../cli/clean/books.ts';
import { EmbeddedRuntime } from '../../cli/local/embedded-runtime.ts';
import { makeConsole, type Console, type ConsoleRequest } from '../../functions/console/handler.ts';
import { PushEndpoint } from '../../functions/push-endpoint.ts';
import { makeValidate } from '../../functions/validate/handler.ts';
import { z } from 'zod';
import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { EmbeddedDeadLetterStore } from '../../shared/embedded/dead-letter-store.ts';
import { RetryableError } from '../../shared/errors.ts';
import { readLetter } from '../../shared/dead-letter/arrived-letter.ts';
import type { Attributes, Message } from '../../shared/messages/message.ts';
import type { Publisher } from '../../shared/ports.ts';
import type { TopicName } from '../../shared/topology.ts';
import { decodeRouting } from '../../shared/messages/routing.ts';
import { claimsOf } from '../../shared/tracking/claim.ts';
import { atOnce } from '../support/builders.ts';
import { operatorOf } from '../support/pipeline.ts';
import { portsInMemory } from '../support/ports.ts';
import { markup, type FuzzMessage } from './messages.ts';
import { aPush } from './requests.ts';

/** The limits of Pub/Sub for attributes: https://cloud.google.com/pubsub/quotas#resource_limits */
const maxAttributes = 100;
const maxValueBytes = 1_024;

/** The most ids of a void, and of a gap whose events are inferred. */
const maxGap = 50;
const noWaiting = { graceMs: 0, resendTimeoutMs: 0, minConfidence: 0 };

/** A catalog that uses every kind of setting. */
const definition: CatalogDefinition = {
  types: {
    LeadCreated: { entity: 'data.case', consult: { share: 0.1 } },
    CRM_Sync: { payload: z.looseObject({ case: z.string() }).optional() },
    Transaction: { consult: 'always', inferable: false, system: 'stripe' },
  },
  streams: { default: { ...noWaiting, maxGap }, global: { uuid: 'global' }, counted: { duplicates: 'count' } },
};

function ensure(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

/** The endpoint of validate to which Pub/Sub pushes. */
export class Decoder {
  private readonly published: { readonly topic: TopicName; readonly message: Message }[] = [];
  private readonly errors: unknown[] = [];
  private readonly endpoint: PushEndpoint;
  private count = 0;

  constructor() {
    const clock = { now: () => 0, schedule: () => () => undefined };
    const publisher: Publisher = {
      publish: async (topic, message) => {
        this.published.push({ topic, message });
        return Promise.resolve();
      },
    };
    const letters = Object.assign(new EmbeddedDeadLetterStore(atOnce), { keep: () => Promise.resolve() });
    const { handler } = makeValidate(portsInMemory({ publisher, letters, catalog: makeCatalog(definition), clock }));
    const log = {
      count: () => undefined,
      error: (_: string, error: unknown) => {
        this.errors.push(error);
      },
    };
    this.endpoint = new PushEndpoint({ target: 'validate', handler, log, clock });
  }

  /** Checks that a message is acked and that exactly one message follows, to track or as a letter, within the limits of Pub/Sub. */
  async takes(sent: FuzzMessage): Promise<void> {
    const answer = await this.serve(aPush(sent, String(++this.count)));
    ensure(answer.status === 204, `a message was answered ${answer.status}: ${String(this.errors.at(-1))}`);
    ensure(answer.published.length === 1, `${answer.published.length} messages followed from one`);
    const [{ topic, message }] = answer.published as [{ topic: TopicName; message: Message }];
    const kept = message.attributes['eventmend-body'] === 'kept';
    ensure(kept || Buffer.from(message.data).equals(sent.data), 'the bytes are not the producer’s');
    isPublishable(message, sent);
    const delivery = { ...message, topic, messageId: '1', publishedAtMs: 0, deadlineMs: Number.POSITIVE_INFINITY };
    if (topic === 'dead-letter-queue') readLetter(delivery);
    else ensure(claimsOf(decodeRouting(delivery.attributes)).length <= maxGap, 'more claims than a void may make');
  }

  /** Checks that a body is either accepted as a push or refused with 400. The endpoint itself must not fail. */
  async survives(body: unknown): Promise<void> {
    const { status, published } = await this.serve(body);
    ensure(status === 400 || status === 204, `a body was answered ${status}: ${String(this.errors.at(-1))}`);
    ensure(published.length === (status === 204 ? 1 : 0), `${published.length} messages followed from a ${status}`);
    for (const { message } of published) isPublishable(message);
  }

  private async serve(body: unknown) {
    this.published.length = 0;
    this.errors.length = 0;
    const { status } = await this.endpoint.serve({ path: '/events', body, arrivedAtMs: 0 });
    return { status, published: [...this.published] };
  }
}

/** Checks that a message keeps the limits of Pub/Sub with the attributes that Eventmend adds to those of the producer. */
function isPublishable({ attributes }: Message, sent?: FuzzMessage): void {
  const pairs = Object.entries(attributes);
  const added = pairs.filter(([name]) => sent && !Object.hasOwn(sent.attributes, name));
  ensure(pairs.length <= maxAttributes, 'more attributes than Pub/Sub allows');
  ensure(
    pairs.every(([, value]) => typeof value === 'string'),
    'an attribute is not a string',
  );
  ensure(
    added.every(([, value]) => Buffer.byteLength(value) <= maxValueBytes),
    'an attribute is longer than Pub/Sub allows',
  );
}

/** Runs messages through the whole pipeline. Checks that each message and each id ends in one place. @returns The pipeline. */
export async function balances(messages: readonly FuzzMessage[]): Promise<EmbeddedRuntime> {
  const nacks: unknown[] = [];
  const books = new FileBooks();
  const runtime = new EmbeddedRuntime({
    catalog: definition,
    startMs: Date.UTC(2026, 0, 1),
    onNack: (subscription, error) => {
      // When two copies of a letter are filed at the same time, one of them is nacked and comes again.
      if (!(error instanceof RetryableError)) nacks.push(new Error(`${subscription} threw`, { cause: error }));
    },
  });
  const { pubsub, log } = runtime;
  const note = (take: (attributes: Attributes) => void) => async (message: Message) => {
    take(message.attributes);
    return Promise.resolve();
  };
  pubsub.listen('cleaned-events', 'books', note(books.clean.bind(books)));
  pubsub.listen('dead-letter-queue', 'books', note(books.deadLetter.bind(books)));
  for (const message of messages) {
    books.receive();
    await runtime.publish(message);
  }
  await settle(runtime, nacks);
  const count = (name: 'applied' | 'dropped'): number => log.counts.get(name) ?? 0;
  const notNeeded = { revisions: 0, revisionRuns: [], gaps: [], outliers: [], offStep: [] };
  const rest = { applied: count('applied'), dropped: count('dropped'), pending: pubsub.pending(), ...notNeeded };
  const summary = books.close(rest);
  ensure(isBalanced(summary), `the books do not balance: ${JSON.stringify(summary)}`);
  await isAccountedFor(runtime);
  await replaySome(runtime, messages);
  await settle(runtime, nacks);
  await isAccountedFor(runtime);
  return runtime;
}

/** The most letters that are replayed after a batch. */
const maxReplayed = 5;

/** Replays some letters as an operator does: every other one unchanged, and the rest edited as a replacement. */
async function replaySome(runtime: EmbeddedRuntime, [first]: readonly FuzzMessage[]): Promise<void> {
  const operator = operatorOf(runtime);
  for (const [i, { id, revision }] of (await runtime.letters.all()).slice(0, maxReplayed).entries()) {
    const caller = { by: 'fuzz', revision };
    const edit = { body: first?.data };
    const saved = i % 2 === 0 ? undefined : await operator.saveDraft(id, edit, caller);
    if (!saved) await operator.replay(id, {}, caller);
    else if (!saved.refusal) await operator.replay(id, { replace: true }, { ...caller, revision: revision + 1 });
  }
}

/** The most sweeps until nothing changes. */
const maxSweeps = 50;

async function settle(runtime: EmbeddedRuntime, nacks: readonly unknown[]): Promise<void> {
  await runtime.drain();
  let sweeps = 0;
  while (await runtime.sweep()) ensure(++sweeps < maxSweeps, 'sweeps never stop making changes');
  if (nacks.length > 0) throw nacks[0];
  const givenUp = (await runtime.letters.openByCode()).get('ERR_DELIVERY') ?? 0;
  ensure(givenUp === 0, `${givenUp} messages were given up`);
}

async function isAccountedFor(runtime: EmbeddedRuntime): Promise<void> {
  const { streams } = await auditAll(runtime);
  for (const { stream, difference, findings } of streams)
    ensure(difference === 0, `${stream} is off by ${difference}: ${findings.join('; ')}`);
}

export function consoleOf(runtime: EmbeddedRuntime): Console {
  return makeConsole(runtime.consoleDeps());
}

/** Checks that the console answers a request with an expected status, and that no content of a message becomes HTML. */
export async function answers(console: Console, request: ConsoleRequest): Promise<void> {
  const { status, headers, body } = await console(request);
  ensure([200, 400, 403, 404, 405].includes(status), `answered ${status}`);
  if (headers['Content-Type']?.startsWith('application/json') === true) JSON.parse(body);
  else ensure(!body.includes(markup), 'markup from a message is in the page');
  for (const value of Object.values(headers)) ensure(!/[\r\n]/.test(value), 'a header has a line break');
}
