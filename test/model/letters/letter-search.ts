import type { DeadLetter } from '../../../shared/dead-letter/dead-letter.ts';
import { emptyCell } from '../../../shared/tracking/block.ts';
import { letterFunctions, type LetterFunctions } from './letter-functions.ts';
import { LetterMoves } from './letter-moves.ts';
import { brokenLaws } from './letter-laws.ts';
import { currentOf, type InFlight, type LetterMove, type LetterScenario, type LetterState } from './letter-state.ts';

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

/** Searches every run of a scenario, breadth first. @param until A law with whose first breach the search ends. */
export function searchLetters(
  scenario: LetterScenario,
  faults: Partial<LetterFunctions> = {},
  until?: string,
): LetterSearch {
  const moves = new LetterMoves(scenario, { ...letterFunctions, ...faults });
  const start: Reached = { to: startOf(scenario), what: 'the start' };
  const seen = new Set([keyOf(start.to)]);
  const reached = [start];
  const broken = new Map<string, readonly string[]>();
  for (const from of reached) {
    if (reached.length > maxStates) throw new Error(`no end after ${maxStates} states`);
    const laws = brokenLaws(scenario, from.to);
    const next = laws.length > 0 ? [] : moves.from(from.to);
    if (laws.length === 0 && next.length === 0 && from.to.record?.standing.state === 'sending')
      laws.push('sending for ever');
    for (const law of laws) if (!broken.has(law)) broken.set(law, wayTo(from));
    if (until !== undefined && broken.has(until)) break;
    for (const move of next) {
      const key = keyOf(move.to);
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
    published: [],
    hasCrashed: false,
    hasExpired: false,
    time: 0,
    broken: undefined,
  };
}

function wayTo({ from, what }: Reached): string[] {
  return from ? [...wayTo(from), what] : [];
}

/** Spells a state. Of the record it takes only what a scenario changes. */
function keyOf(state: LetterState): string {
  return JSON.stringify({ ...state, record: spell(state.record) });
}

function spell(record: DeadLetter | undefined) {
  if (!record) return undefined;
  const { standing, revision, replay, failedReplay, failure, failedAtMs, messageIds, known, draft } = record;
  const text = draft && currentOf(record);
  return [standing, revision, replay, failedReplay, failure.code, failedAtMs, messageIds, known, text];
}
