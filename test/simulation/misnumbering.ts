import type { Random } from '../../shared/ports.ts';
import { revised, type MessageMaker } from './message-maker.ts';
import type { Planned } from './planned.ts';

/** The mistakes that producers make in the numbers of their events. */
export const misnumberings = [
  'a wrong high id comes first',
  'a wrong high id comes',
  'a wrong low id comes',
  'numbering restarts',
  'a backlog comes late',
  'two sequences share a stream',
] as const;
export type Misnumbering = (typeof misnumberings)[number];

export interface NumbersTaken {
  readonly maker: MessageMaker;
  readonly random: Random;
  readonly minuteMs: number;
  /** The distance of two consecutive ids. */
  readonly step: number;
  /** The first id that the producer has not used. */
  readonly firstId: number;
}

export interface MisnumberedPlan {
  readonly planned: readonly Planned[];
  /** The id with which the producer goes on. */
  readonly nextId: number;
  /** Ids that were left out. */
  readonly missing: readonly number[];
}

/** The distance of a wrong id, in ids. Up to the first one it is within `maxJump`, beyond the second one it is not. */
const [nearIds, farIds] = [850, 4_000];
/** The share of ids that is left out. */
const missingShare = 0.15;

/** Plans the messages of a producer that makes a mistake in the numbers of its events. */
export function planMisnumbered(kind: Misnumbering, taken: NumbersTaken): MisnumberedPlan {
  const { maker, random, minuteMs, firstId, step } = taken;
  const below = (limit: number): number => Math.floor(random() * limit);
  const between = (fromMinute: number, toMinute: number): number =>
    (fromMinute + random() * (toMinute - fromMinute)) * minuteMs;
  const one = (id: number, inMs: number, isFarAhead = false): MisnumberedPlan => ({
    planned: [{ inMs, sent: maker.event(maker.plain(id), { isFarAhead }) }],
    nextId: firstId,
    missing: [],
  });
  switch (kind) {
    case 'a wrong high id comes first': {
      const isFar = random() < 0.5;
      return one(firstId + step * (isFar ? farIds + below(100) : 60 + below(nearIds - 60)), 0, isFar);
    }
    case 'a wrong high id comes':
      return one(firstId + step * (60 + below(nearIds - 60)), between(2, 12));
    case 'a wrong low id comes':
      return one(1 + below(100), between(0, 12));
    case 'numbering restarts':
      return restart(taken, between, random() < 0.5 ? firstId : 1 + below(20));
    case 'a backlog comes late': {
      const ids = Array.from({ length: 16 + below(16) }, (_, i) => firstId + step * i);
      const { planned, missing } = some(taken, ids, () => between(6, 14));
      return { planned, missing, nextId: firstId + step * ids.length };
    }
    case 'two sequences share a stream':
      return twoSequences(taken, between, below);
  }
}

type Between = (fromMinute: number, toMinute: number) => number;

/** Plans events from a first id on, with later timestamps than their ids had before. */
function restart({ maker, random, firstId, step }: NumbersTaken, between: Between, from: number): MisnumberedPlan {
  const beganMs = between(7, 9);
  const ids = Array.from({ length: 10 }, (_, i) => from + step * i).filter(() => random() >= missingShare);
  const planned = ids.map((id, i) => ({
    inMs: beganMs + i * between(0, 1),
    sent: maker.event(revised(maker.plain(id), 3_600)),
  }));
  return { planned, nextId: firstId, missing: [] };
}

/**
 * Plans the events of a second sequence, far above the first one. In most runs it goes on for minutes after the first
 * one. In some of these, events with numbers between the two follow.
 */
function twoSequences(taken: NumbersTaken, between: Between, below: (limit: number) => number): MisnumberedPlan {
  const { firstId, step, random } = taken;
  const from = firstId + step * (550 + below(350));
  const lastMinute = random() < 0.3 ? 12 : 24;
  const upper = Array.from({ length: 20 }, (_, i) => from + step * i);
  const first = some(
    taken,
    upper,
    (i) => between(i * 0.05, 1) + (between(lastMinute, lastMinute + 1) * i) / upper.length,
  );
  const middle = Array.from({ length: 9 }, (_, i) => firstId + step * (90 + i));
  const second = random() < 0.6 ? some(taken, middle, () => between(23.5, 24.5)) : { planned: [], missing: [] };
  return {
    planned: [...first.planned, ...second.planned],
    missing: [...first.missing, ...second.missing],
    nextId: firstId,
  };
}

/** Plans sound events of most of some ids. */
function some(
  { maker, random }: NumbersTaken,
  ids: readonly number[],
  inMs: (i: number) => number,
): Pick<MisnumberedPlan, 'planned' | 'missing'> {
  const missing = ids.filter(() => random() < missingShare);
  const left = ids.filter((id) => !missing.includes(id));
  return { missing, planned: left.map((id, i) => ({ inMs: inMs(i), sent: maker.event(maker.plain(id)) })) };
}
