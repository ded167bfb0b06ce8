/** Runs a side of a comparison for one round. @returns The figures of the round. */
export type Side<Figures> = (round: number) => Promise<Figures>;

/**
 * Runs all sides once to warm them up, and then in rounds. Every round begins with another side, and every second one
 * runs backwards, because whatever runs later finds a warmer machine and a fuller emulator.
 *
 * @returns The figures of each side, one for each round. The round that warms up is not among them.
 */
export async function inBalancedRounds<Name extends string, Figures>(
  sides: Readonly<Record<Name, Side<Figures>>>,
  rounds: number,
): Promise<Readonly<Record<Name, readonly Figures[]>>> {
  const names = Object.keys(sides) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Figures[]>;
  for (const name of names) await sides[name](0);
  for (let round = 1; round <= rounds; round++)
    for (const name of orderOf(names, round)) figures[name].push(await sides[name](round));
  return figures;
}

function orderOf<Name>(names: readonly Name[], round: number): readonly Name[] {
  const first = Math.floor((round - 1) / 2) % names.length;
  const order = [...names.slice(first), ...names.slice(0, first)];
  return round % 2 === 0 ? order.toReversed() : order;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Returns the median of the ratios of the rounds. Single rounds vary with what else the machine does. */
export function medianRatio(ours: readonly number[], baseline: readonly number[]): number {
  return median(ours.map((value, i) => value / (baseline[i] ?? Number.NaN)));
}
