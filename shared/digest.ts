import { createHash, hash, type Hash } from 'node:crypto';

/** Bytes of a digest. 96 bits: what is compared with it are the few entries of one id, so two of them never meet by chance. */
export const digestBytes = 12;

/** A digest as text, a character a byte: compared with `===`, stored as it is. */
export type Digest = string;

/** Digests a text: the first 12 bytes of its SHA-256. */
export function digest(text: string): Digest {
  return hash('sha256', text, 'binary').slice(0, digestBytes);
}

/** Characters that are gathered before they are hashed: one call a piece would cost more than the hashing. */
const maxGathered = 65_536;

/** Digests a text that comes in pieces: the same as `digest` of the whole. No piece may end within a surrogate pair. */
export class PiecewiseDigest {
  private gathered = '';
  private hash: Hash | undefined;

  add(piece: string): void {
    this.gathered += piece;
    if (this.gathered.length < maxGathered) return;
    this.hash = (this.hash ?? createHash('sha256')).update(this.gathered);
    this.gathered = '';
  }

  end(): Digest {
    if (!this.hash) return digest(this.gathered);
    return this.hash.update(this.gathered).digest('binary').slice(0, digestBytes);
  }
}

/** The first four bytes of a text's digest as a number, never 0: 0 stands for "none". */
export function shortDigest(text: string): number {
  return hash('sha256', text, 'buffer').readUInt32LE(0) || 1;
}
