import { plantedBugs } from './planted-bugs.ts';
import { findBug } from './planted-search.ts';
import { seedsForBug } from './telling-seeds.ts';

describe('a planted bug is caught within 200 seeds', () => {
  test.each(Object.entries(plantedBugs))('%s', async (name, builders) => {
    expect(await findBug(builders, seedsForBug(name))).toBeDefined();
  });
});
