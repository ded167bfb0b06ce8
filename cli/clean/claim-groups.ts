import { applyClaims, applyMarks, type Mark } from '../../shared/tracking/apply-claims.ts';
import { blockIndex } from '../../shared/tracking/block.ts';
import type { BlockVerdict, Claim, Verdict } from '../../shared/tracking/claim.ts';
import { blockRefOf, slotName } from '../../shared/tracking/slot.ts';
import type { BlockRef } from '../../shared/ports.ts';
import type { LiveBlock, LiveBlocks } from './live-blocks.ts';

/** A claim, and the event that makes it. */
interface Waiting<Event> {
  readonly event: Event;
  readonly claim: Claim;
}

/** The verdict on an event. Undefined if only track can give it: its two identities may be on different pages. */
interface Judged<Event> {
  readonly event: Event;
  readonly verdict: Verdict | undefined;
}

interface Group<Event> {
  readonly ref: BlockRef;
  readonly waiting: Waiting<Event>[];
}

/**
 * Gathers claims by block, as a group commit does, and applies the claims of a block together. Each accepted event is
 * marked as published, because its publish cannot fail.
 */
export class ClaimGroups<Event> {
  private readonly blocks: LiveBlocks;
  private groups = new Map<string, Group<Event>>();
  /** The group of the last claim. The next claim often belongs to it too. */
  private last: Group<Event> | undefined;

  constructor(blocks: LiveBlocks) {
    this.blocks = blocks;
  }

  /** Whether claims wait for their verdicts. */
  get isWaiting(): boolean {
    return this.groups.size > 0;
  }

  add(stream: string, claim: Claim, event: Event): void {
    const { last } = this;
    const isOfLast =
      last?.ref.index === blockIndex(claim.eventId) &&
      last.ref.stream === stream &&
      last.ref.isBucket === (claim.place === undefined ? undefined : true);
    const group = isOfLast ? last : this.group(blockRefOf(stream, claim));
    group.waiting.push({ claim, event });
    this.last = group;
  }

  /** Decides all claims. @returns The verdicts, in the order of the blocks. */
  async decide(): Promise<Judged<Event>[]> {
    const judged: Judged<Event>[] = [];
    while (this.groups.size > 0) {
      const groups = [...this.groups.values()];
      this.groups = new Map();
      this.last = undefined;
      const live = await this.blocks.load(groups.map(({ ref }) => ref));
      for (const [i, group] of groups.entries()) if (live[i]) this.decideGroup(group, live[i], judged);
    }
    return judged;
  }

  private group(ref: BlockRef): Group<Event> {
    const name = slotName(ref);
    const known = this.groups.get(name);
    if (known) return known;
    const group = { ref, waiting: [] };
    this.groups.set(name, group);
    return group;
  }

  private decideGroup({ ref, waiting }: Group<Event>, live: LiveBlock, judged: Judged<Event>[]): void {
    const page = ref.page ?? '';
    const { block, verdicts } = applyClaims(
      live.block,
      waiting.map(({ claim }) => claim),
      page,
    );
    const marks: Mark[] = [];
    for (const [i, one] of waiting.entries()) {
      const verdict = verdicts[i];
      if (verdict) this.goOn(ref, one, verdict, judged);
      const { eventId, place, root } = one.claim;
      if (verdict?.act === 'publish') marks.push({ eventId, place, page, root, as: 'published' });
    }
    const marked = applyMarks(block, marks);
    live.isChanged ||= marked !== live.block;
    live.block = marked;
  }

  /** Notes a verdict, or makes the claim again on the page to which a full block leads it. */
  private goOn(ref: BlockRef, { claim, event }: Waiting<Event>, verdict: BlockVerdict, judged: Judged<Event>[]): void {
    if (verdict.act !== 'go-on') judged.push({ event, verdict });
    else if (claim.formerly) judged.push({ event, verdict: undefined });
    else {
      const { digit, inferenceBefore } = verdict;
      const below = this.group({ ...ref, page: (ref.page ?? '') + digit });
      below.waiting.push({ event, claim: { ...claim, inferenceBefore } });
    }
  }
}
