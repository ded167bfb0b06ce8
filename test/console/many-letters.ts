import type { DeadLetterHead } from '../../shared/dead-letter/dead-letter.ts';
import { headOf } from '../../shared/dead-letter/dead-letter.ts';
import type { LetterIndex } from '../../shared/letter-ports.ts';
import { aLetter } from './builders.ts';

/** An index of many letters that all look alike. Its counts wait until they are released. */
export class ManyLetters implements LetterIndex {
  read = 0;
  counts = 0;
  largestCount = 0;
  release!: () => void;
  private readonly amount: number;
  private readonly isReleased = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  constructor(amount: number) {
    this.amount = amount;
  }

  async find(_: object, limit: number, after = '0') {
    const heads = Array.from({ length: limit }, (_each, i) => this.head(Number(after) + i + 1));
    this.read += limit;
    return heads.map((head, i) => ({ head, position: String(Number(after) + i + 1) }));
  }

  async count(_: object, max = Number.POSITIVE_INFINITY) {
    await this.isReleased;
    this.counts++;
    this.largestCount = Math.max(this.largestCount, Math.min(max, this.amount));
    return Math.min(max, this.amount);
  }

  async oldest() {
    return this.head(this.amount);
  }

  async reasons() {
    return [];
  }

  private head(n: number): DeadLetterHead {
    return headOf(aLetter({ id: `L${n}` }));
  }
}
