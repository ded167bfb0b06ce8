import { emptyCell } from '../../../shared/tracking/block.ts';
import { decide } from '../../../shared/tracking/rules.ts';
import { LetterMoves } from './letter-moves.ts';
import { brokenLaws } from './letter-laws.ts';
import type { InFlight, LetterMove, LetterScenario, LetterState } from './letter-state.ts';

export interface LetterSearch {
  readonly states: number;
  /** Each broken law with the shortest way to it. */
  readonly broken: ReadonlyMap<string, readonly string[]>;
}

/** The most states of a search. The largest scenario has some 100,000. */
const maxStates = 1_000_000;

interface Reached extends LetterMove {
  readonly from?: Reached;
}

/** Searches every run of a scenario, breadth first. */
export function searchLetters(scenario: LetterScenario, rules: typeof decide = decide): LetterSearch {
  const moves = new LetterMoves(scenario, rules);
  const start: Reached = { to: startOf(scenario), what: 'the start' };
  const seen = new Set([JSON.stringify(start.to)]);
  const reached = [start];
  const broken = new Map<string, readonly string[]>();
  for (const from of reached) {
    if (reached.length > maxStates) throw new Error(`no end after ${maxStates} states`);
    const laws = brokenLaws(scenario, from.to);
    for (const law of laws) if (!broken.has(law)) broken.set(law, wayTo(from));
    if (laws.length > 0) continue;
    for (const move of moves.from(from.to)) {
      const key = JSON.stringify(move.to);
      if (seen.has(key)) continue;
      seen.add(key);
      reached.push({ ...move, from });
    }
  }
  return { states: reached.length, broken };
}

function startOf({ first, other, operators, redeliveries, crashes, giveUps }: LetterScenario): LetterState {
  const produced: InFlight = { is: 'produced', n: 0, content: first };
  return {
    cell: emptyCell,
    flying: other === undefined ? [produced] : [{ is: 'other', n: 0, content: other }, produced],
    record: undefined,
    senders: [],
    looks: operators.map(() => undefined),
    scripts: operators,
    out: [],
    redeliveries,
    crashes,
    giveUps,
    time: 0,
    broken: undefined,
  };
}

function wayTo({ from, what }: Reached): string[] {
  return from ? [...wayTo(from), what] : [];
}
