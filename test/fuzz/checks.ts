import { auditAll } from '../../cli/audit/stream-audit.ts';
import { FileBooks, isBalanced } from '../../cli/clean/books.ts';
import { EmbeddedRuntime } from '../../cli/local/embedded-runtime.ts';
import { makeConsole, type Console, type ConsoleRequest } from '../../functions/console/handler.ts';
import { PushEndpoint } from '../../functions/push-endpoint.ts';
import { makeValidate } from '../../functions/validate/handler.ts';
import { z } from 'zod';
import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { EmbeddedDeadLetterStore } from '../../shared/embedded/dead-letter-store.ts';
import { RetryableError } from '../../shared/errors.ts';
import { replayMessage } from '../../shared/dead-letter/replay.ts';
import { readLetter } from '../../shared/dead-letter/record.ts';
import type { Attributes, Message } from '../../shared/messages/message.ts';
import type { Publisher } from '../../shared/ports.ts';
import type { TopicName } from '../../shared/topology.ts';
import { decodeRouting } from '../../shared/messages/routing.ts';
import { claimsOf } from '../../shared/tracking/claim.ts';
import { atOnce } from '../support/builders.ts';
import { portsInMemory } from '../support/ports.ts';
import { markup, type FuzzMessage } from './messages.ts';
import { aPush } from './requests.ts';

/** What Pub/Sub takes of a message: https://cloud.google.com/pubsub/quotas#resource_limits */
const maxAttributes = 100;
const maxValueBytes = 1_024;

/** The most ids of a void, and of a gap that is inferred. */
const maxGap = 50;
const noWaiting = { graceMs: 0, resendTimeoutMs: 0, minConfidence: 0 };

/** A catalog in which everything is used that a catalog may say. */
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

/** The endpoint of validate, as Pub/Sub reaches it. */
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

  /** A message is acked, and exactly one follows from it: for track, or a letter; neither holds more than Pub/Sub takes. */
  async takes(sent: FuzzMessage): Promise<void> {
    const answer = await this.serve(aPush(sent, String(++this.count)));
    ensure(answer.status === 204, `a message was answered ${answer.status}: ${String(this.errors.at(-1))}`);
    ensure(answer.published.length === 1, `${answer.published.length} messages followed from one`);
    const [{ topic, message }] = answer.published as [{ topic: TopicName; message: Message }];
    const kept = message.attributes['eventmend-body'] === 'kept';
    ensure(kept || Buffer.from(message.data).equals(sent.data), 'the bytes are not the producer’s');
    isPublishable(message, sent);
    const delivery = { ...message, topic, messageId: '1', publishedAtMs: 0, deadlineMs: Number.POSITIVE_INFINITY };
    if (topic === 'dead-letter-queue') readLetter(delivery, 0);
    else ensure(claimsOf(decodeRouting(delivery.attributes)).length <= maxGap, 'more claims than a void may make');
  }

  /** What is no push is refused as such, and what is one is taken. Never is it a failure of the endpoint. */
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

/** What Eventmend adds to a message must fit into one, beside as much as a producer may have sent. */
function isPublishable({ attributes }: Message, sent?: FuzzMessage): void {
  const pairs = Object.entries(attributes);
  const added = pairs.filter(([name]) => sent && !Object.hasOwn(sent.attributes, name));
  ensure(pairs.length <= maxAttributes, 'more attributes than Pub/Sub takes');
  ensure(
    pairs.every(([, value]) => typeof value === 'string'),
    'an attribute is no text',
  );
  ensure(
    added.every(([, value]) => Buffer.byteLength(value) <= maxValueBytes),
    'an attribute is longer than Pub/Sub takes',
  );
}

/** Runs messages through the whole pipeline: each ends in one place, and so does every id. @returns The pipeline after it. */
export async function balances(messages: readonly FuzzMessage[]): Promise<EmbeddedRuntime> {
  const nacks: unknown[] = [];
  const books = new FileBooks();
  const runtime = new EmbeddedRuntime({
    catalog: definition,
    startMs: Date.UTC(2026, 0, 1),
    onNack: (subscription, error) => {
      // Two copies of a letter that are filed at once: one of them comes again.
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
  const rest = { applied: count('applied'), dropped: count('dropped'), pending: pubsub.pending(), gaps: [] };
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

/** Replays letters as an operator would: as they are, and with other bytes in their place. */
async function replaySome({ pubsub, letters }: EmbeddedRuntime, [first]: readonly FuzzMessage[]): Promise<void> {
  for (const letter of (await letters.all()).slice(0, maxReplayed)) {
    await pubsub.publish('mended-events', replayMessage(letter));
    if (first) await pubsub.publish('mended-events', replayMessage(letter, { edited: first.data, replace: true }));
  }
}

/** The most sweeps until nothing changes any more. */
const maxSweeps = 50;

async function settle(runtime: EmbeddedRuntime, nacks: readonly unknown[]): Promise<void> {
  await runtime.drain();
  let sweeps = 0;
  while (await runtime.sweep()) ensure(++sweeps < maxSweeps, 'sweeping never comes to an end');
  if (nacks.length > 0) throw nacks[0];
  const givenUp = (await runtime.letters.openByCode()).get('ERR_DELIVERY') ?? 0;
  ensure(givenUp === 0, `${givenUp} messages were given up`);
}

async function isAccountedFor(runtime: EmbeddedRuntime): Promise<void> {
  const { streams } = await auditAll(runtime);
  for (const { stream, difference, findings } of streams)
    ensure(difference === 0, `${stream} is off by ${difference}: ${findings.join('; ')}`);
}

export function consoleOf({ blocks, ledger, letters, catalog, clock }: EmbeddedRuntime): Console {
  return makeConsole({ blocks, ledger, letters, catalog, clock });
}

/** Whatever is asked, there is an answer that says what is wrong, and nothing of a message is taken for HTML. */
export async function answers(console: Console, request: ConsoleRequest): Promise<void> {
  const { status, headers, body } = await console(request);
  ensure([200, 400, 404, 405].includes(status), `answered ${status}`);
  if (headers['Content-Type']?.startsWith('application/json') === true) JSON.parse(body);
  else ensure(!body.includes(markup), 'markup from a message is in the page');
  for (const value of Object.values(headers)) ensure(!/[\r\n]/.test(value), 'a header has a line break');
}
