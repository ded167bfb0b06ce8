import type { Catalog } from '../../../shared/catalog-definition.ts';
import { EmbeddedBlockStore } from '../../../shared/embedded/block-store.ts';
import { VirtualClock } from '../../../shared/embedded/clock.ts';
import { EmbeddedLog } from '../../../shared/embedded/log.ts';
import { makeRandom } from '../../../shared/embedded/random.ts';

import type { Random } from '../../../shared/ports.ts';
import { makeSources } from '../../../shared/sources/sources.ts';
import { defaultLetterRetention } from '../../../shared/letter-settings.ts';
import { defaultStreamSettings, type StreamSettings } from '../../../shared/stream-settings.ts';
import type { FrontStream } from './front-stream.ts';
import { Interleaver } from './interleaver.ts';
import { KnownLosses } from './known-losses.ts';
import { plainStep } from './plain-numbering.ts';
import { RecordingLedger } from './recording-ledger.ts';
import { RecordingTopics } from './recording-topics.ts';

/** The time at which a run starts: 2025-02-09T12:00:00Z, in milliseconds since 1970. */
export const runStartMs = 1_739_102_400_000;
export const tickSeconds = 60;

/** A broken law, in one line. */
export interface BrokenLaw {
  readonly law: string;
  readonly detail: string;
}

/** The stores, the time and the truth of one run. */
export class FrontWorld {
  readonly stream = 'orders';
  readonly traffic: FrontStream;
  readonly settings: StreamSettings;
  /** The distance between two expected ids. */
  readonly idStep: number;
  readonly catalog: Catalog;
  readonly random: Random;
  readonly clock = new VirtualClock(runStartMs);
  readonly interleaver = new Interleaver();
  readonly blocks = new EmbeddedBlockStore(() => this.call());
  readonly ledger = new RecordingLedger(() => this.call());
  readonly topics = new RecordingTopics(this.clock, () => this.call());
  readonly errors: string[] = [];
  readonly log = new EmbeddedLog((message, error) => this.errors.push(`${message}: ${String(error)}`));
  readonly losses: KnownLosses;
  /** When each stored block was written last and when it expires, by index. */
  readonly written = new Map<number, { readonly atMs: number; readonly expireAtMs: number }>();
  /** The ids of which an inferred event was accepted. */
  readonly inferred = new Set<number>();
  readonly broken: BrokenLaw[] = [];
  /** The first id of the numbering after an operator has reset it. */
  resetFrom = 0;
  /** When that was, in milliseconds since 1970. */
  resetAtMs = 0;
  /** Seconds that each call takes from now on. */
  callTime = 0;
  private nextExpiryMs = Number.POSITIVE_INFINITY;

  constructor(traffic: FrontStream, seed: number) {
    this.traffic = traffic;
    this.settings = { ...defaultStreamSettings, ...traffic.settings };
    this.idStep = plainStep(this.settings);
    this.random = makeRandom(seed);
    this.losses = new KnownLosses(traffic.lost, this.settings, this.idStep);
    this.catalog = {
      personal: [],
      strict: false,
      sources: makeSources(new Map()),
      type: () => undefined,
      systems: new Set(),
      listedSystems: new Set(),
      lists: [],
      mapping: () => undefined,
      entityPaths: [],
      sums: {},
      stream: () => this.settings,
      shortestWindowMs: this.settings.windowMs,
      names: () => true,
      mayBeInferred: () => true,
      letterRetention: defaultLetterRetention,
    };
  }

  /** The time of the run, in seconds. */
  get seconds(): number {
    return (this.clock.now() - runStartMs) / 1_000;
  }

  /** Moves the clock forward. A time that has passed changes nothing. */
  advanceTo(seconds: number): void {
    this.clock.advance(Math.max(0, runStartMs + Math.round(seconds * 1_000) - this.clock.now()));
  }

  /** Waits before a call takes effect. */
  private call(): Promise<void> {
    if (this.callTime > 0) this.clock.advance(this.callTime * 1_000);
    return this.interleaver.step();
  }

  fail(law: string, ...details: readonly unknown[]): void {
    this.broken.push({ law, detail: `at ${this.seconds} s: ${details.map((one) => JSON.stringify(one)).join(' ')}` });
  }

  noteWrite(index: number, atMs: number, expireAtMs: number): void {
    this.written.set(index, { atMs, expireAtMs });
    this.nextExpiryMs = Math.min(this.nextExpiryMs, expireAtMs);
  }

  /** Deletes the blocks that have expired. */
  deleteExpired(): void {
    const now = this.clock.now();
    if (now < this.nextExpiryMs) return;
    this.blocks.deleteExpired(now, () => true);
    this.nextExpiryMs = Number.POSITIVE_INFINITY;
    for (const [index, { expireAtMs }] of this.written) {
      if (expireAtMs <= now) this.written.delete(index);
      else this.nextExpiryMs = Math.min(this.nextExpiryMs, expireAtMs);
    }
  }
}
