import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { readConnection } from '../../shared/config.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import { makeClients, type Database } from '../../shared/gcp/clients.ts';
import { PubSubPublisher } from '../../shared/gcp/publisher.ts';
import type { Publisher } from '../../shared/ports.ts';
import { subscriptionNames } from '../../shared/topology.ts';
import type { Hosts } from '../dev/emulators.ts';
import type { Endings } from '../dev/endings.ts';
import { makeTopics } from '../dev/resources.ts';
import { tick } from '../dev/sweep-timer.ts';
import { storesIn, type Stores } from '../stores.ts';
import { closeBooks, type Books } from './books.ts';
import { catalog } from './catalog.ts';
import { Crowd } from './crowd.ts';
import { Fleet } from './fleet.ts';
import { LedgerWatch } from './ledger-watch.ts';
import { LiveJournal } from './live-journal.ts';
import { Observer } from './observer.ts';
import { Pusher } from './pusher.ts';

export interface SoakSettings {
  /** How long events are sent and functions are killed, in milliseconds. */
  readonly durationMs: number;
  /** How long it is waited between two kills, in milliseconds: on average. */
  readonly killEveryMs: number;
  /** How many ids a second the producers use up. */
  readonly rate: number;
  /** Decides what is sent, and what is killed when. */
  readonly seed: number;
}

interface Running {
  readonly fleet: Fleet;
  readonly publisher: Publisher;
  readonly database: Database;
}

export interface SoakDeps {
  readonly hosts: Hosts;
  readonly path: string | undefined;
  /** Where `node build.mjs soak` has put what it made. */
  readonly built: string;
  /** Takes what the functions say. */
  readonly show: (line: string) => void;
  /** Hears how it goes, every few seconds. */
  readonly onLook: (journal: LiveJournal) => void;
  readonly endings: Endings;
  readonly signal: AbortSignal;
}

/** How long its own calls may take, in milliseconds: where everything runs on one machine, much waits for its turn. */
const patience = { firestoreTimeoutMs: 120_000, publishTimeoutMs: 120_000 };
/** How often it is looked at what has been saved, in milliseconds. */
const lookEveryMs = 5_000;
/** A pipeline on whose topics nothing moves for so long is at rest, in milliseconds: what was nacked comes again within a second. */
const restMs = 15_000;
/** One that does not come to rest, though nothing moves for so long, in milliseconds, is pending; and one that moves for ever too. */
const longestStillMs = 180_000;
const longestRestMs = 1_800_000;

/** A whole pipeline on the emulators, its producers, and who looks on. */
export class Soak {
  private readonly settings: SoakSettings;
  private readonly deps: SoakDeps;
  private readonly journal = new LiveJournal();
  private readonly fleet: Fleet;
  private readonly crowd: Crowd;
  private readonly database: Database;
  private readonly stores: Stores;
  private readonly watch: LedgerWatch;

  private constructor(settings: SoakSettings, deps: SoakDeps, { fleet, publisher, database }: Running) {
    this.settings = settings;
    this.deps = deps;
    this.fleet = fleet;
    this.database = database;
    this.stores = storesIn(database, makeCatalog(catalog));
    this.watch = new LedgerWatch(this.stores, this.journal);
    this.crowd = new Crowd({
      publisher,
      journal: this.journal,
      random: makeRandom(settings.seed),
      rate: settings.rate,
    });
  }

  /** Starts everything, in a project of its own. */
  static async start(settings: SoakSettings, deps: SoakDeps): Promise<Soak> {
    const { hosts, path, built, show, endings, signal } = deps;
    const env = { ...hosts, PATH: path, GOOGLE_CLOUD_PROJECT: `soak-${randomUUID()}` };
    const connection = { ...readConnection(env), ...patience };
    const clients = makeClients(connection);
    endings.push(() => clients.close());
    const [pubsub, database] = [await clients.pubsub(), await clients.database()];
    const publisher = new PubSubPublisher({ pubsub, timeoutMs: connection.publishTimeoutMs });
    await makeTopics(pubsub);
    const fleet = await Fleet.start({ env, built, show }, makeRandom(settings.seed + 1), signal);
    endings.push(() => fleet.stop());
    const soak = new Soak(settings, deps, { fleet, publisher, database });
    const pushing = {
      pubsub,
      journal: soak.journal,
      random: makeRandom(settings.seed + 2),
      urlOf: fleet.urlOf.bind(fleet),
    };
    const pushers = await Promise.all(subscriptionNames.map((name) => Pusher.start(pushing, name)));
    endings.push(() => Promise.all(pushers.map((pusher) => pusher.close())));
    const observer = await Observer.listen(pubsub, soak.journal, (request) => {
      soak.crowd.answer(request);
    });
    endings.push(() => observer.close());
    const ticking = new AbortController();
    const ticks = tick(publisher, ticking.signal, show);
    endings.push(() => {
      ticking.abort();
      return ticks;
    });
    return soak;
  }

  /** Runs it to its end. */
  async run(): Promise<Books> {
    await this.storm();
    const pending = await this.comeToRest();
    return closeBooks(this.database, this.stores, this.journal, pending);
  }

  /** Events are sent, and functions are killed. */
  private async storm(): Promise<void> {
    const { durationMs, killEveryMs } = this.settings;
    const over = new AbortController();
    const suffering = this.fleet.suffer(killEveryMs, this.journal, over.signal);
    const sending = this.crowd.run(over.signal);
    const endAtMs = Date.now() + durationMs;
    try {
      while (Date.now() < endAtMs) await this.look();
    } finally {
      over.abort();
      await Promise.all([suffering, sending]);
    }
  }

  /** Nobody is killed any more, and sweeps go on until nothing waits. @returns How much still does when patience ends. */
  private async comeToRest(): Promise<number> {
    const giveUpAtMs = Date.now() + longestRestMs;
    const waiting = (): number => this.crowd.waiting + this.watch.waiting;
    const stillMs = (): number => Date.now() - this.journal.movedAtMs;
    const isAtRest = (): boolean => waiting() === 0 && stillMs() > restMs;
    while (!isAtRest() && stillMs() < longestStillMs && Date.now() < giveUpAtMs) await this.look();
    return isAtRest() ? 0 : Math.max(1, waiting());
  }

  private async look(): Promise<void> {
    await setTimeout(lookEveryMs, undefined, { signal: this.deps.signal });
    await this.watch.look();
    this.deps.onLook(this.journal);
  }
}
