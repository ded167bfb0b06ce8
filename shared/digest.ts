import { hash } from 'node:crypto';

/** Bytes of a digest. 96 bits: what is compared with it are the few entries of one id, so two of them never meet by chance. */
export const digestBytes = 12;

/** A digest as text, a character a byte: compared with `===`, stored as it is. */
export type Digest = string;

/** Digests a text: the first 12 bytes of its SHA-256. */
export function digest(text: string): Digest {
  return hash('sha256', text, 'binary').slice(0, digestBytes);
}

/** The first four bytes of a text's digest as a number, never 0: 0 stands for "none". */
export function shortDigest(text: string): number {
  return hash('sha256', text, 'buffer').readUInt32LE(0) || 1;
}
