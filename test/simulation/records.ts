import type { Random, SystemOfRecord } from '../../shared/ports.ts';
import type { Ref, Sighting } from '../../shared/verification/sighting.ts';
import type { Answer } from '../../shared/verification/answer.ts';
import type { Journal } from './journal.ts';

/** The note that a correction adds. */
export const correction = 'by the record';

/**
 * A simulated system of record. It always shows a record in the same way, until an operator replays an event of it, since
 * operators correct the record before they replay.
 */
export class SimulatedRecords implements SystemOfRecord {
  private readonly random: Random;
  private readonly journal: Journal;
  private readonly refusals: number;
  private readonly answers = new Map<string, Answer['says']>();

  /** @param refusals The share of events that have no record. */
  constructor(random: Random, journal: Journal, refusals: number) {
    this.random = random;
    this.journal = journal;
    this.refusals = refusals;
  }

  look(refs: readonly Ref[]): Promise<readonly Sighting[]> {
    return Promise.resolve(refs.map((ref) => this.lookAt(ref)));
  }

  private lookAt({ id }: Ref): Sighting {
    const name = `${id} ${this.replaysOf(id)}`;
    const says = this.answers.get(name) ?? this.draw();
    this.answers.set(name, says);
    this.journal.checks.push({ ...this.journal.stamp(), record: id, says });
    if (says === 'refused') return { absent: true, fetchedAtMs: 0 };
    const note = says === 'corrected' ? correction : null;
    return { text: JSON.stringify({ id, properties: { note } }), fetchedAtMs: 0 };
  }

  private replaysOf(id: string): number {
    return this.journal.replays.filter(({ record }) => record === id).length;
  }

  private draw(): Answer['says'] {
    if (this.random() < this.refusals) return 'refused';
    return this.random() < 0.6 ? 'verified' : 'corrected';
  }
}
