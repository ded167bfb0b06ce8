import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { readConnection } from '../../shared/config.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import { openProject, type Project } from '../../shared/gcp/project.ts';
import { subscriptionNames } from '../../shared/topology.ts';
import type { Hosts } from '../../cli/local/emulators.ts';
import type { Cleanups } from '../../cli/local/cleanups.ts';
import { makeSubscriptions, makeTopics } from '../../cli/local/resources.ts';
import { publishTicks } from '../../cli/local/sweep-timer.ts';
import { makeSoakResult, type SoakResult } from './soak-result.ts';
import { catalog } from './catalog.ts';
import { Producers } from './producers.ts';
import { ProcessFleet } from './process-fleet.ts';
import { LedgerWatch } from './ledger-watch.ts';
import { LiveJournal } from './live-journal.ts';
import { Observer } from './observer.ts';
import { Pusher } from './pusher.ts';

export interface SoakSettings {
  /** The time for which events are sent and functions are killed, in milliseconds. */
  readonly durationMs: number;
  /** The average time between two kills, in milliseconds. */
  readonly killEveryMs: number;
  /** The ids a second, of all producers together. */
  readonly rate: number;
  /** The seed of the producers and of the kills. */
  readonly seed: number;
  /** How messages come to the functions. */
  readonly mode: 'push' | 'pull';
}

/** The longest minute of a producer, in milliseconds, and its largest share of a soak. A short soak has short delays. */
const producersMinute = { longestMs: 5_000, share: 1 / 12 };

interface Running {
  readonly fleet: ProcessFleet;
  readonly project: Project;
}

export interface SoakDeps {
  readonly hosts: Hosts;
  readonly path: string | undefined;
  /** The folder that `node build.mjs soak` made. */
  readonly built: string;
  /** Called with each line that a function prints. */
  readonly show: (line: string) => void;
  /** Called every few seconds to show progress. */
  readonly onLook: (journal: LiveJournal) => void;
  readonly cleanups: Cleanups;
  readonly signal: AbortSignal;
}

/** Time-outs of the soak's own calls, in milliseconds. They are long, since everything runs on one slow machine. */
const timeouts = { firestoreTimeoutMs: 120_000, publishTimeoutMs: 120_000 };
/** The time between two reads of the ledger, in milliseconds. */
const lookEveryMs = 5_000;
/**
 * The time without a message after which the pipeline is at rest, in milliseconds. A nacked message is pushed again sooner. A message
 * that a killed worker has pulled comes again when its lease runs out, a minute later at most.
 */
const restMs = { push: 15_000, pull: 90_000 };
/** The bounds on the wait for rest, in milliseconds: without a message, and in total. */
const longestStillMs = 180_000;
const longestRestMs = 1_800_000;

/** A whole pipeline on the emulators, its producers and its observers. */
export class Soak {
  private readonly settings: SoakSettings;
  private readonly deps: SoakDeps;
  private readonly journal = new LiveJournal();
  private readonly fleet: ProcessFleet;
  private readonly producers: Producers;
  private readonly project: Project;
  private readonly watch: LedgerWatch;

  private constructor(settings: SoakSettings, deps: SoakDeps, { fleet, project }: Running) {
    this.settings = settings;
    this.deps = deps;
    this.fleet = fleet;
    this.project = project;
    this.watch = new LedgerWatch(project, this.journal);
    this.producers = new Producers({
      publisher: project.publisher,
      journal: this.journal,
      random: makeRandom(settings.seed),
      rate: settings.rate,
      minuteMs: Math.min(producersMinute.longestMs, settings.durationMs * producersMinute.share),
    });
  }

  /** Starts the pipeline, its producers and its observers in a new project. */
  static async start(settings: SoakSettings, deps: SoakDeps): Promise<Soak> {
    const { hosts, path, built, show, cleanups, signal } = deps;
    const env = { ...hosts, PATH: path, GOOGLE_CLOUD_PROJECT: `soak-${randomUUID()}` };
    const connection = { ...readConnection(env), ...timeouts };
    const project = openProject(connection, makeCatalog(catalog));
    cleanups.push(() => project.clients.close());
    const pubsub = await project.clients.pubsub();
    await makeTopics(pubsub);
    const isPulled = settings.mode === 'pull';
    if (isPulled) await makeSubscriptions({ pubsub, sources: [], consumerOf: () => 'pull' });
    const fleet = await ProcessFleet.start({ env, built, show }, settings.mode, makeRandom(settings.seed + 1), signal);
    cleanups.push(() => fleet.stop());
    const soak = new Soak(settings, deps, { fleet, project });
    const pushing = {
      pubsub,
      journal: soak.journal,
      random: makeRandom(settings.seed + 2),
      urlOf: fleet.urlOf.bind(fleet),
    };
    const pushed = isPulled ? [] : subscriptionNames;
    const pushers = await Promise.all(pushed.map((name) => Pusher.start(pushing, name)));
    cleanups.push(() => Promise.all(pushers.map((pusher) => pusher.close())));
    const observer = await Observer.listen(pubsub, soak.journal, (request) => {
      soak.producers.answer(request);
    });
    cleanups.push(() => observer.close());
    const ticking = new AbortController();
    const ticks = publishTicks(project.publisher, ticking.signal, show);
    cleanups.push(() => {
      ticking.abort();
      return ticks;
    });
    return soak;
  }

  /** Runs the soak to its end. */
  async run(): Promise<SoakResult> {
    await this.killWhileSending();
    const pending = await this.comeToRest();
    return makeSoakResult(await this.project.clients.database.state(), this.project, this.journal, pending);
  }

  /** Sends events and kills random functions at the same time. */
  private async killWhileSending(): Promise<void> {
    const { durationMs, killEveryMs } = this.settings;
    const over = new AbortController();
    const killing = this.fleet.killRandomly(killEveryMs, this.journal, over.signal);
    const sending = this.producers.run(over.signal);
    const endAtMs = Date.now() + durationMs;
    try {
      while (Date.now() < endAtMs) await this.look();
    } finally {
      over.abort();
      await Promise.all([killing, sending]);
    }
  }

  /** Waits until the pipeline is at rest. @returns The number of messages and gaps that are still pending if the wait times out. */
  private async comeToRest(): Promise<number> {
    const giveUpAtMs = Date.now() + longestRestMs;
    const waiting = (): number => this.producers.waiting + this.watch.waiting;
    const stillMs = (): number => Date.now() - this.journal.movedAtMs;
    const isAtRest = (): boolean => waiting() === 0 && stillMs() > restMs[this.settings.mode];
    while (!isAtRest() && stillMs() < longestStillMs && Date.now() < giveUpAtMs) await this.look();
    return isAtRest() ? 0 : Math.max(1, waiting());
  }

  private async look(): Promise<void> {
    await setTimeout(lookEveryMs, undefined, { signal: this.deps.signal });
    await this.watch.look();
    this.deps.onLook(this.journal);
  }
}
