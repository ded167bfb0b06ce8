import type { Message } from '../../shared/messages/message.ts';
import type { Random, SystemOfRecord } from '../../shared/ports.ts';
import type { Answer } from '../../shared/verification/answer.ts';
import type { Journal } from './journal.ts';

/** The members that a correction adds. */
export const correction = { corrected: true } as const;

/**
 * A simulated system of record. It always gives the same answer for the same content. It may give another one for an operator's
 * replay, since operators correct the record before they replay.
 */
export class SimulatedRecords implements SystemOfRecord {
  private readonly random: Random;
  private readonly journal: Journal;
  private readonly refusals: number;
  private readonly answers = new Map<string, Answer>();

  /** @param refusals The share of contents that the system refuses. */
  constructor(random: Random, journal: Journal, refusals: number) {
    this.random = random;
    this.journal = journal;
    this.refusals = refusals;
  }

  async check(event: Message): Promise<Answer> {
    const text = Buffer.from(event.data).toString();
    const name = `${event.attributes.origin ?? ''} ${text}`;
    const answer = this.answers.get(name) ?? this.draw();
    this.answers.set(name, answer);
    this.journal.checks.push({
      ...this.journal.stamp(),
      n: this.journal.numberOf(event.attributes),
      says: answer.says,
    });
    return Promise.resolve(answer);
  }

  private draw(): Answer {
    const drawn = this.random();
    if (drawn < this.refusals) return { says: 'refused', why: 'the record says otherwise' };
    return this.random() < 0.6 ? { says: 'verified' } : { says: 'corrected', members: correction };
  }
}
