import { digest } from '../../shared/digest.ts';
import { emptyBlock, type Cell } from '../../shared/tracking/block.ts';
import { applyClaims, applyMarks } from '../../shared/tracking/apply-claims.ts';
import { makeClaim, type Claim, type Verdict } from '../../shared/tracking/claim.ts';

/** The fields of a claim that a test sets. Texts stand in place of digests. */
export interface ClaimSketch extends Partial<Omit<Claim, 'root' | 'key' | 'hash' | 'formerly'>> {
  readonly root?: string;
  readonly key?: string;
  readonly content?: string;
  readonly formerly?: { readonly key: string; readonly content: string };
}

/** The claim of a producer's valid event with id 6, by default. */
export function aClaim(sketch: ClaimSketch = {}): Claim {
  const { root = 'events/1', key = '6/0', content = 'a', formerly, ...rest } = sketch;
  return makeClaim(
    { root, key, formerly: formerly && { key: formerly.key, hash: digest(formerly.content) } },
    {
      eventId: 6,
      place: undefined,
      kind: 'event',
      origin: 'producer',
      hash: digest(content),
      toBeChecked: false,
      possibleDuplicate: false,
      answer: undefined,
      isRecovered: false,
      replay: 0,
      replace: false,
      type: 'CRM_Sync',
      instantMs: 0,
      entity: 0,
      ...rest,
    },
  );
}

/** One claim for each of some ids, each of another event. */
export function claimsOn(ids: readonly number[], by = 'events'): Claim[] {
  return ids.map((eventId) => aClaim({ eventId, key: `${eventId}/0`, root: `${by}/${eventId}` }));
}

/** One id of an empty block, on which a test makes claims one after the other. */
export class OneId {
  private block = emptyBlock(0);

  /** An id to which these messages came before. */
  static after(...sketches: readonly ClaimSketch[]): OneId {
    const id = new OneId();
    for (const sketch of sketches) id.claim(sketch);
    return id;
  }

  claim(sketch: ClaimSketch = {}): Verdict {
    const { block, verdicts } = applyClaims(this.block, [aClaim(sketch)]);
    this.block = block;
    return verdicts[0] as Verdict;
  }

  published(root: string): void {
    this.block = applyMarks(this.block, [{ eventId: 6, root: digest(root), as: 'published' }]);
  }

  withdrawn(root: string): void {
    this.block = applyMarks(this.block, [{ eventId: 6, root: digest(root), as: 'withdrawn' }]);
  }

  get cell(): Cell {
    return this.block.cells[6]!;
  }

  get states(): string[] {
    return this.cell.map((entry) => entry.state);
  }
}

const asItIs = {
  act: 'publish',
  supersedes: false,
  replacement: 0,
  isFormer: false,
  isRevision: false,
  page: '',
} as const;
export const toPublish = asItIs;
export const supersede = { ...asItIs, supersedes: true } as const;
export const revision = { ...asItIs, isRevision: true } as const;
export const verify = { act: 'verify' } as const;
export const deadLetter = { act: 'dead-letter', inferenceStands: false } as const;
export const duplicate = { act: 'duplicate' } as const;
export const conflict = { act: 'conflict', why: 'other-content' } as const;
export const dropped = (why: string) => ({ act: 'drop', why });
