import type { Message } from '../../shared/messages/message.ts';
import type { Random, SystemOfRecord } from '../../shared/ports.ts';
import type { Answer } from '../../shared/verification/answer.ts';
import type { Journal } from './journal.ts';
import { sentOf } from './passage-ids.ts';

/** The members that a correction sets. */
export const correction = { corrected: true } as const;

/** A system of record that says the same of the same content however often it is asked. */
export class SimulatedRecords implements SystemOfRecord {
  private readonly random: Random;
  private readonly journal: Journal;
  private readonly answers = new Map<string, Answer>();

  constructor(random: Random, journal: Journal) {
    this.random = random;
    this.journal = journal;
  }

  async check(event: Message): Promise<Answer> {
    const text = Buffer.from(event.data).toString();
    const answer = this.answers.get(text) ?? this.draw();
    this.answers.set(text, answer);
    this.journal.checks.push({ ...this.journal.stamp(), n: sentOf(event.attributes), says: answer.says });
    return Promise.resolve(answer);
  }

  private draw(): Answer {
    const drawn = this.random();
    if (drawn < 0.4) return { says: 'verified' };
    return drawn < 0.7
      ? { says: 'corrected', members: correction }
      : { says: 'refused', why: 'the record says otherwise' };
  }
}
