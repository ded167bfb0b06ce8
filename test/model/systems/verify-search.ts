import { makeCatalog, type Catalog } from '../../../shared/catalog-definition.ts';
import { realFunctions, type SearchedFunctions } from './real-functions.ts';
import { brokenVerifyLaws } from './verify-laws.ts';
import { VerifyMoves } from './verify-moves.ts';
import type { VerifyScenario } from './verify-scenario.ts';
import type { VerifyMove, VerifyOutput } from './verify-state.ts';

export interface VerifySearch {
  readonly states: number;
  /** Each broken law with the shortest way to it. */
  readonly broken: ReadonlyMap<string, readonly string[]>;
  /** The outputs of each state without a pending message. */
  readonly endings: readonly (readonly VerifyOutput[])[];
}

/** The most states of a search. The largest scenario has some 5,000. */
const maxStates = 400_000;

interface Reached extends VerifyMove {
  readonly from?: Reached;
}

/** Searches every run of a scenario, breadth first. */
export async function searchVerify(
  scenario: VerifyScenario,
  functions: SearchedFunctions = realFunctions,
): Promise<VerifySearch> {
  const moves = new VerifyMoves(scenario, functions, catalogOf(scenario));
  const start: Reached = { to: moves.start(), what: 'the start' };
  const seen = new Set([JSON.stringify(start.to)]);
  const reached = [start];
  const broken = new Map<string, readonly string[]>();
  const endings: (readonly VerifyOutput[])[] = [];
  for (const from of reached) {
    if (reached.length > maxStates) throw new Error(`no end after ${maxStates} states`);
    if (from.to.pending.length === 0) {
      const outputs = from.to.outputs.map((number) => moves.outputs.get(number));
      endings.push(outputs);
      for (const law of brokenVerifyLaws(scenario, outputs, scenario.replays - from.to.replays))
        if (!broken.has(law)) broken.set(law, wayTo(from));
    }
    for (const move of await moves.from(from.to)) {
      const key = JSON.stringify(move.to);
      if (seen.has(key)) continue;
      seen.add(key);
      reached.push({ ...move, from });
    }
  }
  if (endings.length === 0) broken.set('never ends', wayTo(reached.at(-1)!));
  return { states: reached.length, broken, endings };
}

/** Makes the catalog of a scenario. One that maps the timestamp is refused, so that mapping is added afterwards. */
function catalogOf({ catalog: definition, mapsTimestamp }: VerifyScenario): Catalog {
  const catalog = makeCatalog(definition);
  if (!mapsTimestamp) return catalog;
  return {
    ...catalog,
    mapping: (type) => {
      const mapping = catalog.mapping(type);
      const timestamp = { inEvent: '/timestamp', inRecord: '/at', as: 'time', isFixed: true } as const;
      return mapping && { ...mapping, fields: [...mapping.fields, timestamp] };
    },
  };
}

function wayTo({ from, what }: Reached): string[] {
  return from ? [...wayTo(from), what] : [];
}
