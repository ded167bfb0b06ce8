import { createHash, hash, type Hash } from 'node:crypto';

/** The length of a digest. 96 bits are enough, because a digest is compared only with the few entries of one id. */
export const digestBytes = 12;

/** A digest as text, with one character for each byte. It can be compared with `===`. */
export type Digest = string;

/** Digests a text: the first 12 bytes of its SHA-256. */
export function digest(text: string): Digest {
  return hash('sha256', text, 'binary').slice(0, digestBytes);
}

/** Spells a digest in characters that every name can have. */
export function spellDigest(bytes: Digest): string {
  return Buffer.from(bytes, 'latin1').toString('base64url');
}

/**
 * Spells a digest in hexadecimal digits, for ids that people type. Such an id never begins with a dash, which a command
 * line would take for an option.
 */
export function hexDigest(bytes: Digest): string {
  return Buffer.from(bytes, 'latin1').toString('hex');
}

/** The number of characters to gather before hashing. A call for each piece would cost more than the hashing itself. */
const maxGathered = 65_536;

/**
 * Digests a text that comes in pieces. The result is that of `digest` for the whole text. No piece may end within a
 * surrogate pair.
 */
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

/** Returns the first four bytes of a text's digest as a number. It is never 0, which means "none". */
export function shortDigest(text: string): number {
  return hash('sha256', text, 'buffer').readUInt32LE(0) || 1;
}
