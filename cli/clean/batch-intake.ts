import { InvariantError } from '../../shared/errors.ts';
import type { Failure } from '../../shared/failure.ts';
import type { Delivery, Message } from '../../shared/messages/message.ts';
import type { RoutingAttributes } from '../../shared/messages/routing.ts';
import { topicOfSource } from '../../shared/sources/source-topic.ts';
import { claimOf, type Verdict } from '../../shared/tracking/claim.ts';
import { cleanMessage } from '../../shared/tracking/clean-message.ts';
import { exitOf } from '../../shared/tracking/exit.ts';
import { SequenceBounds } from '../../shared/tracking/sequence-bounds.ts';
import { letterFor } from '../../shared/tracking/tracked-letter.ts';
import { assessMessage, type AssessedEvent } from '../../shared/validation/assess-message.ts';
import { spellAssessment } from '../../shared/validation/assess.ts';
import type { EmbeddedRuntime } from '../local/embedded-runtime.ts';
import { ClaimGroups } from './claim-groups.ts';
import type { Intake } from './intake.ts';
import { deliveryOf, type TakenRecord } from './taken-record.ts';
import { LiveBlocks } from './live-blocks.ts';
import { placed } from './output-line.ts';
import type { Outputs } from './outputs.ts';
import { needsFunctions, type PlainClaim } from './plain-claims.ts';

/** An event of a record. */
interface Taken {
  readonly record: TakenRecord;
  readonly delivery: Delivery;
  readonly event: AssessedEvent;
}

/** An event that track decides. */
interface Routed extends Taken {
  readonly routing: RoutingAttributes;
}

/** An event that waits for its verdict. */
type Claimed = Routed | { readonly record: TakenRecord; readonly plain: PlainClaim };

/** An outcome that waits for its turn in the order of the records. */
type Due =
  { readonly taken: Taken; readonly letter: Message } | { readonly claimed: Claimed; readonly verdict: Verdict };

/**
 * Decides events in batches, by the functions by which validate and track decide. No message is written for the next
 * function. What a function has to do itself is handed over to it, after all that came before, and before all that comes
 * after: an event that verify checks, a void, a uuid that is claimed in the whole stream, and a message that is too large.
 */
export class BatchIntake implements Intake {
  private readonly runtime: EmbeddedRuntime;
  private readonly outputs: Outputs;
  private readonly topic: ReturnType<typeof topicOfSource>;
  private readonly source: string;
  private readonly bounds: SequenceBounds;
  private readonly blocks: LiveBlocks;
  private readonly groups: ClaimGroups<Claimed>;
  private due: Due[] = [];
  /** The ids and the keys of the events that were handed over one after another, and may not be through yet. */
  private readonly underway = new Set<string>();

  constructor(runtime: EmbeddedRuntime, outputs: Outputs, source: string) {
    const { catalog, clock, blocks: store, ledger } = runtime;
    this.runtime = runtime;
    this.outputs = outputs;
    this.source = source;
    this.topic = topicOfSource(source);
    // Nobody sweeps while a file is read, so what was read once of the ledger stays true.
    const startMs = clock.now();
    const standing = { now: () => startMs, schedule: clock.schedule.bind(clock) };
    this.bounds = new SequenceBounds({ blocks: store, ledger, catalog, clock: standing });
    this.blocks = new LiveBlocks({ store, clock, windowMs: (stream) => catalog.stream(stream).windowMs });
    this.groups = new ClaimGroups(this.blocks);
  }

  take(record: TakenRecord, plain: PlainClaim | undefined): Promise<void> | undefined {
    if (plain && this.admitsAtOnce(plain)) {
      this.groups.add(plain.stream, plain.claim, { record, plain });
      return undefined;
    }
    const all = this.assess(record);
    const { log } = this.runtime;
    if (all.length === 0) log.count('dropped');
    else log.count('split', all.length - 1);
    for (const [i, taken] of all.entries()) {
      const later = this.takeEvent(taken);
      if (later) return this.takeAfter(later, all.slice(i + 1));
    }
    return undefined;
  }

  async settle(): Promise<void> {
    await this.decide();
    await this.blocks.endBatch();
  }

  async finish(): Promise<void> {
    await this.decide();
    await this.blocks.writeBack();
    this.blocks.forget();
  }

  private assess(record: TakenRecord): readonly Taken[] {
    const { catalog, clock } = this.runtime;
    const delivery = deliveryOf(record, this.topic, clock.now());
    const all: Taken[] = [];
    for (const event of assessMessage(delivery, catalog).events) all.push({ record, delivery, event });
    return all;
  }

  private async takeAfter(before: Promise<void>, all: readonly Taken[]): Promise<void> {
    await before;
    for (const taken of all) await this.takeEvent(taken);
  }

  private takeEvent(taken: Taken): Promise<void> | undefined {
    const { record, event } = taken;
    const { examined } = event;
    // The store keeps the body of the letter, or of the event, and each function knows where.
    if (event.storeOversizedUnder !== undefined) return this.handOverWhole(record);
    if ('failure' in examined) {
      this.due.push({ taken, letter: spellAssessment(event, this.runtime.clock.now()).message });
      return undefined;
    }
    const { routing } = examined;
    const routed = { ...taken, routing };
    if (needsFunctions(routing, this.runtime.catalog)) return this.handOver(routed);
    if (!this.bounds.admitsAtOnce(routing)) return this.admit(routed);
    this.groups.add(routing.stream, claimOf(routing), routed);
    return undefined;
  }

  private admitsAtOnce({ stream, claim: { origin, eventId, place, instantMs } }: PlainClaim): boolean {
    return this.bounds.admitsAtOnce({ stream, origin, eventId, lastId: eventId, place, instantMs });
  }

  /** Admits an event by what the store has. */
  private async admit(routed: Routed): Promise<void> {
    const { routing } = routed;
    await this.decide();
    await this.blocks.writeBack();
    const failure = await this.bounds.admit(routing);
    if (failure) this.due.push({ taken: routed, letter: this.letterOf(routed, failure) });
    else this.groups.add(routing.stream, claimOf(routing), routed);
  }

  /**
   * Hands an event over. Events one after another are under way together, if their ids and keys differ, and none has to
   * be admitted by what the store has.
   */
  private async handOver(routed: Routed): Promise<void> {
    const { event, record, routing } = routed;
    const { kind, stream, eventId, key } = routing;
    const names = [`${eventId} ${stream}`, `${key} ${stream}`];
    const isAlone =
      kind !== 'event' || names.some((name) => this.underway.has(name)) || !this.bounds.admitsAtOnce(routing);
    if (isAlone || this.groups.isWaiting) await this.decide();
    await this.leaveBlocks();
    const failure = isAlone && kind === 'event' ? await this.bounds.admit(routing) : undefined;
    if (failure) {
      this.due.push({ taken: routed, letter: this.letterOf(routed, failure) });
      return;
    }
    const { topic, message } = spellAssessment(event, this.runtime.clock.now());
    await this.runtime.pubsub.publish(topic, placed(message, record));
    for (const name of names) this.underway.add(name);
    if (isAlone) await this.awaitHandedOver();
  }

  private async handOverWhole(record: TakenRecord): Promise<void> {
    await this.decide();
    await this.leaveBlocks();
    await this.runtime.publish(placed(record.message, record), record.messageId, this.source);
    await this.runtime.drain();
  }

  /** Leaves the blocks to the functions. */
  private async leaveBlocks(): Promise<void> {
    await this.blocks.writeBack();
    this.blocks.forget();
  }

  /** Waits for all that follows from the events that were handed over. */
  private async awaitHandedOver(): Promise<void> {
    if (this.underway.size === 0) return;
    this.underway.clear();
    await this.runtime.drain();
  }

  /** Decides the gathered claims, and tells their outcomes in the order of the records. */
  private async decide(): Promise<void> {
    await this.awaitHandedOver();
    const undecided: Claimed[] = [];
    for (const { event: claimed, verdict } of await this.groups.decide())
      if (verdict) this.due.push({ claimed, verdict });
      else undecided.push(claimed);
    const due = this.due.sort((a, b) => numberOf(a) - numberOf(b));
    this.due = [];
    for (const one of due)
      if ('letter' in one) await this.outputs.letter(placed(one.letter, one.taken.record));
      else if (one.verdict.act === 'publish') this.tellClean(one.claimed, one.verdict);
      else await this.tellOther(this.routedOf(one.claimed), one.verdict);
    undecided.sort((a, b) => a.record.number - b.record.number);
    for (const claimed of undecided) await this.handOver(this.routedOf(claimed));
    await this.awaitHandedOver();
  }

  /** Returns an event with all that was assessed. What is known of a plain event serves for its verdict only. */
  private routedOf(claimed: Claimed): Routed {
    if ('routing' in claimed) return claimed;
    const [taken] = this.assess(claimed.record);
    if (!taken || !('routing' in taken.event.examined))
      throw new InvariantError(`record ${claimed.record.number} is plain, and is none`);
    return { ...taken, routing: taken.event.examined.routing };
  }

  private tellClean(claimed: Claimed, verdict: Verdict & { act: 'publish' }): void {
    const { record } = claimed;
    if (!verdict.supersedes && this.outputs.hasSamples) {
      // A plain event is its whole record.
      const { data } = 'plain' in claimed ? record.message : claimed.event.message;
      this.outputs.cleanAsItCame(data, 'plain' in claimed ? claimed.plain : claimed.routing, record.number);
    } else {
      const { event, routing } = this.routedOf(claimed);
      this.outputs.clean(placed(cleanMessage(event.message, routing, verdict), record));
    }
  }

  private async tellOther(routed: Routed, verdict: Verdict): Promise<void> {
    const { catalog, log } = this.runtime;
    const exit = exitOf(routed.routing, verdict, catalog.stream(routed.routing.stream));
    for (const counter of exit.counts) log.count(counter);
    if (exit.to === 'dead-letter-queue')
      await this.outputs.letter(placed(this.letterOf(routed, exit.failure), routed.record));
  }

  private letterOf({ event: { message }, delivery, routing }: Routed, failure: Failure): Message {
    return letterFor({ delivery: { ...delivery, ...message }, routing }, failure, this.runtime.clock.now());
  }
}

function numberOf(due: Due): number {
  return ('letter' in due ? due.taken : due.claimed).record.number;
}
