import { digest } from '../../../shared/digest.ts';
import { voidKey } from '../../../shared/identity.ts';
import type { RoutingAttributes } from '../../../shared/messages/routing.ts';
import { applyClaims } from '../../../shared/tracking/apply-claims.ts';
import { blockIndex } from '../../../shared/tracking/block.ts';
import { claimsOf, type Claim, type Verdict } from '../../../shared/tracking/claim.ts';
import { SequenceBounds } from '../../../shared/tracking/sequence-bounds.ts';
import { groupBy } from '../../simulation/laws/group-by.ts';
import type { Arrival } from './arrivals.ts';
import { runStartMs, type FrontWorld } from './front-world.ts';
import { aRouting } from '../../support/builders.ts';

const instanceCount = 3;
/** The type of every event. */
const eventType = 'CRM_Sync';

/** Claims of one block whose write began and that others do not see yet. */
interface DelayedCommit {
  readonly dueAt: number;
  readonly visible: () => Promise<void>;
}

/** Delivers messages to three instances of track: the real bounds admit them and the real rules claim their ids. */
export class SimulatedTrack {
  /** The ids that were refused, with the code. */
  readonly refused: string[] = [];
  revisions = 0;
  private readonly world: FrontWorld;
  private readonly instances: readonly SequenceBounds[];
  /** The arrivals that are left, the next one last. */
  private queue: Arrival[];
  private batch: { readonly arrival: Arrival; readonly routing: RoutingAttributes }[] = [];
  private delayed: DelayedCommit[] = [];
  /** The keys of the events that were published. */
  private readonly published = new Set<string>();

  constructor(world: FrontWorld) {
    this.world = world;
    this.instances = Array.from({ length: instanceCount }, () => new SequenceBounds(world));
    this.queue = world.traffic.arrivals.toSorted((a, b) => b.at - a.at);
  }

  /** When the first message arrives, in seconds. */
  get firstAt(): number {
    return this.queue.at(-1)?.at ?? 0;
  }

  get lastAt(): number {
    return this.queue[0]?.at ?? 0;
  }

  get isIdle(): boolean {
    return this.queue.length === 0 && this.delayed.length === 0;
  }

  /** When something happens next, in seconds. */
  get nextAt(): number {
    return Math.min(
      this.queue.at(-1)?.at ?? Number.POSITIVE_INFINITY,
      this.delayed[0]?.dueAt ?? Number.POSITIVE_INFINITY,
    );
  }

  /** Adds messages that arrive later. */
  send(arrivals: readonly Arrival[]): void {
    this.queue = [...this.queue, ...arrivals].sort((a, b) => b.at - a.at);
  }

  /** Delivers everything that arrives before a time. */
  async deliverUntil(seconds: number): Promise<void> {
    for (;;) {
      const next = this.queue.at(-1);
      const commit = this.delayed[0];
      if (commit && commit.dueAt < seconds && commit.dueAt <= (next?.at ?? seconds)) {
        this.delayed.shift();
        this.world.advanceTo(commit.dueAt);
        await commit.visible();
      } else if (next && next.at < seconds) {
        this.queue.pop();
        await this.deliver(next);
      } else break;
    }
    await this.flush();
  }

  /** Claims missing ids of a range as the results of inference do. */
  async infer(from: number, to: number): Promise<void> {
    const ids: number[] = [];
    for (let id = from; id <= to; id += this.world.idStep) ids.push(id);
    await this.commit(ids.map((id) => inferenceOf(id)));
  }

  private async deliver(arrival: Arrival): Promise<void> {
    const { traffic, random } = this.world;
    const [first] = this.batch;
    if (first && arrival.at - first.arrival.at > (traffic.batch ?? 3)) await this.flush();
    this.world.advanceTo(arrival.at);
    const routing = routingOf(arrival);
    const refusal = await this.instances[Math.floor(random() * instanceCount)]!.admit(routing);
    if (refusal) this.refused.push(`${refusal.code} ${arrival.id}`);
    else this.batch.push({ arrival, routing });
  }

  private async flush(): Promise<void> {
    const batch = this.batch;
    this.batch = [];
    if (batch.length > 0) await this.commit(batch.map(({ routing }) => routing));
  }

  private async commit(messages: readonly RoutingAttributes[]): Promise<void> {
    const claims = messages.flatMap((routing) => claimsOf(routing));
    const byBlock = groupBy(claims, ({ eventId }) => blockIndex(eventId));
    for (const [index, ofBlock] of byBlock) await this.commitBlock(index, ofBlock);
  }

  /** Writes the claims of one block, at once or after a delay, and again if another write came in between. */
  private async commitBlock(index: number, claims: readonly Claim[]): Promise<void> {
    const { faults } = this.world.traffic;
    const write = await this.prepare(index, claims);
    const delay = this.world.random() * (faults?.commitDelay ?? 0);
    const isOwn = claims.every(({ kind }) => kind !== 'reconstruction');
    if (delay === 0 || !isOwn) await write();
    else this.delay({ dueAt: this.world.seconds + delay, visible: write });
  }

  private delay(commit: DelayedCommit): void {
    this.delayed = [...this.delayed, commit].sort((a, b) => a.dueAt - b.dueAt);
  }

  /** Reads a block and applies claims. @returns The write of the block. */
  private async prepare(index: number, claims: readonly Claim[]): Promise<() => Promise<void>> {
    const { blocks, clock, settings, stream } = this.world;
    const ref = { stream, index };
    const [stored] = await blocks.read([ref]);
    const { block, verdicts } = applyClaims(stored!.block, claims);
    const writtenAtMs = clock.now();
    const expireAtMs = writtenAtMs + settings.windowMs;
    return async () => {
      if (block !== stored!.block) {
        const [outcome] = await blocks.write([{ ref, block, expected: stored!.version, expireAtMs, writtenAtMs }]);
        if (outcome?.status !== 'written') {
          await (
            await this.prepare(index, claims)
          )();
          return;
        }
        this.world.noteWrite(index, writtenAtMs, expireAtMs);
      }
      for (const [i, claim] of claims.entries()) this.note(claim, verdicts[i] as Verdict);
    };
  }

  /** Compares a verdict with what is known. */
  private note({ eventId, kind, key }: Claim, verdict: Verdict): void {
    const { losses, inferred, clock, resetFrom } = this.world;
    if (kind === 'reconstruction') {
      if (verdict.act !== 'publish') return;
      if (eventId < resetFrom) this.world.fail('an id of an old numbering is inferred', eventId);
      if (losses.everCame.has(eventId)) this.world.fail('an id is inferred though its event came', eventId);
      inferred.add(eventId);
      return;
    }
    if (kind === 'event' && verdict.act === 'publish') {
      if (this.published.has(key) && !inferred.has(eventId)) this.world.fail('an event is counted twice', eventId);
      this.published.add(key);
      if (losses.cameAt.has(eventId)) this.revisions++;
    }
    losses.came(eventId, clock.now());
  }
}

function routingOf({ id, at, stampedAt, voidTo }: Arrival): RoutingAttributes {
  const isVoid = voidTo !== undefined;
  const key = isVoid ? voidKey : `${id}/${stampedAt}`;
  return {
    ...plainRouting,
    kind: isVoid ? 'void' : 'event',
    root: `${id}/${at}`,
    key,
    hash: digest(key),
    eventId: id,
    lastId: voidTo ?? id,
    instantMs: isVoid ? undefined : runStartMs + stampedAt * 1_000,
  };
}

function inferenceOf(id: number): RoutingAttributes {
  const key = `${id}/inferred`;
  return {
    ...plainRouting,
    kind: 'reconstruction',
    origin: 'reconstructed',
    root: key,
    key,
    hash: digest(key),
    eventId: id,
    lastId: id,
    instantMs: undefined,
  };
}

const plainRouting = aRouting({ type: eventType });
