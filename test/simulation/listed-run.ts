import { EmbeddedRuntime } from '../../cli/local/embedded-runtime.ts';
import type { CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { Fault } from '../../shared/embedded/faults.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import { RetryableError } from '../../shared/errors.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { EventList, Random } from '../../shared/ports.ts';
import type { ListAnswer, ListQuery } from '../../shared/reconciliation/list.ts';
import { stripe } from '../../shared/sources/presets.ts';
import { ListInMemory, stripeText, type StripeItem } from '../support/event-list.ts';

/*
 * A run of a stream without numbers that is compared with a list, in virtual time. The seed decides all: which messages
 * come, late, twice or never; what the list shows late and in another rendering; its outages; and the faults of the
 * store and of Pub/Sub.
 */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const startMs = Date.UTC(2026, 0, 1);
/** How long events happen, and how long the run goes on afterwards, minute by minute. */
const busyMinutes = 40;
const quietMinutes = 30;
const eventCount = 60;

const catalog: CatalogDefinition = {
  sources: { 'pay-hooks': { stream: 'pay', fields: stripe() } },
  streams: { pay: { bucketMs: 60_000, list: { system: 'stripe', types: ['charge.succeeded'] } } },
};

/** An event, as it happens to reach Eventmend. */
interface Happening {
  readonly item: StripeItem;
  /** When its messages come, in milliseconds since 1970. */
  readonly messagesAtMs: readonly number[];
}

/** Changes a list, to see whether the laws catch a bug. */
export type ListChange = (list: EventList) => EventList;

/** The findings of a run. */
export interface ListedRun {
  readonly happenings: readonly Happening[];
  readonly clean: readonly Message[];
  readonly letters: readonly Message[];
  /** How often each kind of trouble was met. */
  readonly met: Readonly<Record<'outage' | 'unknown cursor' | 'late' | 'recovered' | 'copy of recovered', number>>;
}

export async function runListed(seed: number, change: ListChange = (list) => list): Promise<ListedRun> {
  const random = makeRandom(seed);
  const happenings = Array.from({ length: eventCount }, (_, n) => happen(n, random));
  const met = { outage: 0, 'unknown cursor': 0 };
  const troubles = { haveEnded: false };
  const items = happenings.map(({ item }) => ({ ...item, rest: { api_version: 'of the list' } }));
  const list = new ListInMemory(items, () => runtime.clock.now(), 1 + Math.floor(random() * 9));
  const flaky = change({
    page: (query, after) => pageOf(list, query, after, troubles.haveEnded ? () => 1 : random, met),
  });
  const runtime: EmbeddedRuntime = new EmbeddedRuntime({
    catalog,
    startMs,
    seed,
    lists: new Map([['stripe', flaky]]),
    faults: () => faultOf(random),
    plan: () => (random() < 0.1 ? [0, random() * minuteMs] : [random() < 0.2 ? random() * 3 * minuteMs : 0]),
  });
  const [clean, letters] = [listen(runtime, 'cleaned-events'), listen(runtime, 'dead-letter-queue')];
  const hooks = new Hooks(happenings, runtime);
  for (let minute = 0; minute < busyMinutes + quietMinutes; minute++) {
    await runtime.sweep();
    await hooks.publishDue();
  }
  // The daily comparison finds what the list showed very late. It may take long while the list fails.
  troubles.haveEnded = true;
  // It looks back 26 hours, so it must begin two hours after it is due at the latest.
  runtime.clock.advance(startMs + 24 * hourMs + 10 * minuteMs - runtime.clock.now());
  for (let minute = 0; minute < quietMinutes; minute++) await runtime.sweep();
  await hooks.publishDue(Number.POSITIVE_INFINITY);
  return { happenings, clean, letters, met: { ...met, ...seen(happenings, clean) } };
}

function happen(n: number, random: Random): Happening {
  // The comparison begins with the first run, and that may be delayed.
  const createdMs = startMs + 10 * minuteMs + Math.floor(random() * busyMinutes * 60) * 1_000;
  const isLate = random() < 0.2;
  const shownFromMs = createdMs + (isLate ? random() * 4 * hourMs : random() * 4 * minuteMs);
  const fate = random();
  const comesMs = createdMs + random() * (fate < 0.85 ? 2 * minuteMs : 26 * hourMs);
  const messagesAtMs = fate < 0.3 ? [] : [comesMs, ...(random() < 0.2 ? [comesMs + minuteMs] : [])];
  return { item: { id: `evt_${n}`, createdMs, shownFromMs }, messagesAtMs };
}

async function pageOf(
  list: ListInMemory,
  query: ListQuery,
  after: string | undefined,
  random: Random,
  met: { outage: number; 'unknown cursor': number },
): Promise<ListAnswer> {
  const dice = random();
  if (dice < 0.1) {
    met.outage++;
    throw new RetryableError('stripe: answered 500');
  }
  const answer = dice < 0.15 && after !== undefined ? 'unknown cursor' : await list.page(query, after);
  if (answer === 'unknown cursor') met['unknown cursor']++;
  return answer;
}

function faultOf(random: Random): Fault {
  const dice = random();
  if (dice < 0.02) return 'fails';
  return dice < 0.04 ? 'answer-lost' : 'none';
}

function listen(runtime: EmbeddedRuntime, topic: 'cleaned-events' | 'dead-letter-queue'): readonly Message[] {
  const messages: Message[] = [];
  runtime.pubsub.listen(topic, `listed-${topic}`, (message) => {
    messages.push(message);
    return Promise.resolve();
  });
  return messages;
}

/** Publishes messages when they are due, each once. */
class Hooks {
  private readonly waiting: { readonly item: StripeItem; readonly atMs: number }[];
  private readonly runtime: EmbeddedRuntime;

  constructor(happenings: readonly Happening[], runtime: EmbeddedRuntime) {
    this.waiting = happenings.flatMap(({ item, messagesAtMs }) => messagesAtMs.map((atMs) => ({ item, atMs })));
    this.waiting.sort((one, other) => other.atMs - one.atMs);
    this.runtime = runtime;
  }

  async publishDue(nowMs = this.runtime.clock.now()): Promise<void> {
    for (let next = this.waiting.at(-1); next && next.atMs <= nowMs; next = this.waiting.at(-1)) {
      this.waiting.pop();
      const message = { data: Buffer.from(stripeText(next.item)), attributes: {} };
      await this.runtime.publish(message, undefined, 'pay-hooks');
    }
    await this.runtime.drain();
  }
}

function seen(happenings: readonly Happening[], clean: readonly Message[]) {
  const recovered = clean.filter(({ attributes }) => attributes.origin === 'recovered');
  const keys = new Set(recovered.map(({ attributes }) => attributes.idempotency_key));
  return {
    late: happenings.filter(({ item }) => (item.shownFromMs ?? 0) > item.createdMs + 15 * minuteMs).length,
    recovered: keys.size,
    'copy of recovered': happenings.filter(
      ({ item, messagesAtMs: [first] }) => first !== undefined && keys.has(`pay/${item.id}`),
    ).length,
  };
}

/** Returns which laws a run breaks, with the first key that shows it. */
export function lawsBrokenIn({ happenings, clean, letters }: ListedRun): readonly string[] {
  const texts = new Map<string, Set<string>>();
  for (const { data, attributes } of clean) {
    const { idempotency_key: key = '', supersedes = '' } = attributes;
    texts.set(key, (texts.get(key) ?? new Set()).add(`${Buffer.from(data).toString()} ${supersedes}`));
  }
  const known = new Set(happenings.map(({ item }) => `pay/${item.id}`));
  const lost = [...known].find((key) => !texts.has(key));
  const twice = [...texts].find(([, all]) => all.size > 1)?.[0];
  const invented = [...texts.keys()].find((key) => !known.has(key));
  return [
    ...(lost === undefined ? [] : [`lost: ${lost}`]),
    ...(twice === undefined ? [] : [`two contents under one key: ${twice}`]),
    ...(invented === undefined ? [] : [`published under a key that no event has: ${invented}`]),
    ...(letters.length === 0 ? [] : [`a letter: ${letters[0]?.attributes['eventmend-code'] ?? ''}`]),
  ];
}
