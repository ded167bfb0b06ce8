import type { Catalog } from '../catalog-definition.ts';
import type { Failure } from '../failure.ts';
import type { BlockStore, Clock, GapLedger } from '../ports.ts';
import type { Passage } from '../validation/passage.ts';
import { blockIndex, highestId } from './block.ts';

/** Where a stream's numbering begins and ends for now. */
interface Edge {
  /** Highest id seen or let in; undefined before the first. */
  readonly highWater: number | undefined;
  /** What is at or below it may be forgotten. */
  readonly floor: number;
  /** Of what is at or below it, the ledger knows what was missing. */
  readonly scanned: number;
  readonly loadedAtMs: number;
}

/** How long an edge is believed, in milliseconds: floor and scanned rise while an instance runs. */
const mostLifeMs = 60_000;
const leastLifeMs = 1_000;

export interface EdgesDeps {
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/** Knows the edges of the streams, and turns away what lies beyond them. */
export class Edges {
  private readonly deps: EdgesDeps;
  private readonly edges = new Map<string, Edge>();
  private readonly loading = new Map<string, Promise<void>>();

  constructor(deps: EdgesDeps) {
    this.deps = deps;
  }

  /**
   * Says why a message may not claim its ids: they are far above all that were seen, or older than what is remembered. The edge
   * is read afresh before it is said. Exempt are what Eventmend infers, and what an operator replays in full knowledge.
   */
  async obstacle(passage: Passage): Promise<Failure | undefined> {
    if (passage.origin === 'replayed' || passage.origin === 'reconstructed') return undefined;
    const { stream } = passage;
    const isBelieved = this.isBelieved(stream);
    if (!isBelieved) await this.load(stream);
    if (!this.isInside(this.edge(stream), passage)) {
      if (isBelieved) await this.load(stream);
      if (this.isAbove(this.edge(stream), passage)) return beyond(passage);
      if (await this.isForgotten(this.edge(stream), passage)) return stale(passage);
    }
    this.letIn(passage);
    return undefined;
  }

  /** Whether the ledger may hold a gap with an id: what becomes of the id is then to be recorded there. */
  async isScanned(stream: string, eventId: number): Promise<boolean> {
    if (!this.isBelieved(stream)) await this.load(stream);
    return eventId <= this.edge(stream).scanned;
  }

  /** An edge is believed for no longer than a gap is left to its producer: what is given up was scanned before it was loaded. */
  private isBelieved(stream: string): boolean {
    const known = this.edges.get(stream);
    const { resendTimeoutMs } = this.deps.catalog.stream(stream);
    const lifeMs = Math.max(leastLifeMs, Math.min(mostLifeMs, resendTimeoutMs));
    return known !== undefined && this.deps.clock.now() - known.loadedAtMs < lifeMs;
  }

  /** The edge as it is now: asked for anew after every wait, since others are let in meanwhile. */
  private edge(stream: string): Edge {
    return (
      this.edges.get(stream) ?? { highWater: undefined, floor: -1, scanned: -1, loadedAtMs: this.deps.clock.now() }
    );
  }

  /** Counts an id as seen from now on: of the first events of a stream, which arrive together, one must be the first. */
  private letIn({ stream, lastId }: Passage): void {
    const edge = this.edges.get(stream);
    if (edge && lastId > (edge.highWater ?? -1)) this.edges.set(stream, { ...edge, highWater: lastId });
  }

  private isInside(edge: Edge, passage: Passage): boolean {
    return !this.isAbove(edge, passage) && passage.eventId > edge.floor;
  }

  private isAbove({ highWater }: Edge, { stream, lastId }: Passage): boolean {
    const { maxJump, start } = this.deps.catalog.stream(stream);
    const from = highWater ?? start;
    return from !== undefined && lastId > from + maxJump;
  }

  /** Tells whether any of the ids may have come and be forgotten: of a void, the blocks of all of them must still be there. */
  private async isForgotten({ floor }: Edge, { stream, eventId, lastId }: Passage): Promise<boolean> {
    if (eventId > floor) return false;
    const first = blockIndex(eventId);
    const count = blockIndex(Math.min(lastId, floor)) - first + 1;
    const stored = await this.deps.blocks.read(Array.from({ length: count }, (_, i) => ({ stream, index: first + i })));
    const now = this.deps.clock.now();
    return stored.some(({ version, expireAtMs }) => version === undefined || expireAtMs <= now);
  }

  /** Reads the edge of a stream, once for all who ask at the same time. */
  private load(stream: string): Promise<void> {
    const underway = this.loading.get(stream) ?? this.read(stream).finally(() => this.loading.delete(stream));
    this.loading.set(stream, underway);
    return underway;
  }

  private async read(stream: string): Promise<void> {
    const [last, progress] = await Promise.all([this.deps.blocks.last(stream), this.deps.ledger.progress(stream)]);
    const stored = last && highestId(last);
    // What was let in meanwhile may not be stored yet.
    const letIn = this.edges.get(stream)?.highWater;
    const highWater = stored === undefined ? letIn : Math.max(stored, letIn ?? -1);
    const { floor, scanned } = progress?.value ?? { floor: -1, scanned: -1 };
    this.edges.set(stream, { highWater, floor, scanned, loadedAtMs: this.deps.clock.now() });
  }
}

/** A failure keeps its own reason; a void that reaches beyond the edge is no valid void. */
function beyond({ kind, failure }: Passage): Failure {
  if (kind === 'void')
    return { code: 'ERR_INVALID_EVENT', stage: 'track', detail: 'void.to: far above the highest id seen' };
  return failure ?? { code: 'ERR_SEQUENCE_JUMP', stage: 'track', detail: 'event_id: far above the highest id seen' };
}

function stale({ kind, failure }: Passage): Failure {
  const id = kind === 'void' ? 'void.from' : 'event_id';
  return failure ?? { code: 'ERR_STALE', stage: 'track', detail: `${id}: older than the deduplication window` };
}
