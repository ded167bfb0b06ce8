import type { Random } from '../../shared/ports.ts';

/** The periods at which a number is left out. They are so short that 16 pairs of neighbours show at least three holes. */
const periods = { from: 2, to: 5 };
/** The maximum number of consecutive numbers that are used, and that are left out, if there is no period. */
const longestUsed = 3;
const longestUnused = 2;

/**
 * Draws which numbers a producer never uses: one in each period of two to five, or stretches of one or two numbers, with
 * at most three used numbers between them. So more than a quarter of the pairs of neighbours have a hole between them.
 */
export function drawUnused(random: Random): (id: number) => boolean {
  const period = periods.from + Math.floor(random() * (periods.to - periods.from + 1));
  const phase = Math.floor(random() * period);
  return random() < 0.6 ? (id) => id % period === phase : drawStretches(random);
}

function drawStretches(random: Random): (id: number) => boolean {
  const cycle: boolean[] = [];
  while (cycle.length < 500) {
    const [used, unused] = [1 + Math.floor(random() * longestUsed), 1 + Math.floor(random() * longestUnused)];
    cycle.push(...Array.from({ length: used }, () => false), ...Array.from({ length: unused }, () => true));
  }
  return (id) => cycle[id % cycle.length] ?? false;
}
